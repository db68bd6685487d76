package notify

import (
	"context"
	"runtime"
	"testing"
)

// TestWithoutAServiceOfItsOwn delivers as on Windows: a message has no buttons and names the menu, and what was shown is neither taken back
// nor replaced.
func TestWithoutAServiceOfItsOwn(t *testing.T) {
	if runtime.GOOS == "windows" && newNative("", nil) != nil {
		t.Error("Windows has a service of its own")
	}
	var told []Message
	w := deliverer{beeep: func(_ context.Context, _ string, m Message) error {
		told = append(told, m)
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
	if len(told) != 2 || len(told[0].Buttons) != 0 || told[0].Body != first.Message.Plain || told[1].Body != second.Message.Body {
		t.Errorf("told %+v", told)
	}
}
