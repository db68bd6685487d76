package notify

import (
	"context"
	"runtime"
	"testing"
)

// TestWithoutNativeService checks delivery as on Windows: a message has no buttons, names the menu, and is neither withdrawn nor replaced.
func TestWithoutNativeService(t *testing.T) {
	if runtime.GOOS == "windows" && newNative("", nil) != nil {
		t.Error("Windows has a native service")
	}
	var sent []Message
	w := deliverer{beeep: func(_ context.Context, _ string, m Message) error {
		sent = append(sent, m)
		return nil
	}}
	buttons := []Button{{Do: ForceUnlock, Label: ForceUnlockLabel}}
	first := Letter{ID: 1, Message: Message{Title: "first", Body: "Click it.", Plain: "Choose it in the menu.", Buttons: buttons}}
	second := Letter{ID: 2, Message: Message{Title: "second", Body: "It is so."}, Replaces: Handle{"", 1}}
	for _, l := range []Letter{first, second, {ID: 3, Replaces: Handle{"", 2}}} {
		if h, err := w.deliver(t.Context(), l); h != (Handle{}) || err != nil {
			t.Errorf("%d: %v, %v", l.ID, h, err)
		}
	}
	if len(sent) != 2 || len(sent[0].Buttons) != 0 || sent[0].Body != first.Message.Plain || sent[1].Body != second.Message.Body {
		t.Errorf("sent %+v", sent)
	}
}
