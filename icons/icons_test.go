package icons_test

import (
	"bytes"
	"image/png"
	"runtime"
	"slices"
	"testing"

	ico "github.com/sergeymakinen/go-ico"

	"lockbar/icons"
	"lockbar/icons/internal/drawing"
)

// kinds lists all kinds, in order.
var kinds = []icons.Kind{
	icons.Unknown, icons.Unlocked, icons.HeldHere, icons.HeldElsewhere,
	icons.Stale, icons.Contested, icons.Corrupt,
}

func TestKindsAreTheStatesDrawn(t *testing.T) {
	var names []string
	for _, k := range kinds {
		names = append(names, k.String())
	}
	if want := drawing.Names(); !slices.Equal(names, want) {
		t.Errorf("kinds are %q, drawn are %q", names, want)
	}
}

func TestStrangeKindIsUnknown(t *testing.T) {
	var zero icons.Kind
	for _, k := range []icons.Kind{zero, icons.Corrupt + 1, 255} {
		if k.String() != "unknown" {
			t.Errorf("Kind(%d) is called %s", uint8(k), k)
		}
		if !bytes.Equal(icons.Tray(k), icons.Tray(icons.Unknown)) {
			t.Errorf("Kind(%d) has an icon of its own", uint8(k))
		}
	}
}

// TestTray checks that each embedded icon has the format of this system's tray,
// and that no two are equal.
func TestTray(t *testing.T) {
	seen := map[string]icons.Kind{}
	for _, k := range kinds {
		data := icons.Tray(k)
		if err := readable(data); err != nil {
			t.Errorf("%s: %v", k, err)
		}
		if other, ok := seen[string(data)]; ok {
			t.Errorf("%s looks like %s", k, other)
		}
		seen[string(data)] = k
	}
}

// readable decodes an icon in the format of this system's tray.
func readable(data []byte) error {
	if runtime.GOOS == "windows" {
		_, err := ico.DecodeAll(bytes.NewReader(data))
		return err
	}
	_, err := png.Decode(bytes.NewReader(data))
	return err
}

func TestNotificationIsPNG(t *testing.T) {
	for _, k := range kinds {
		c, err := png.DecodeConfig(bytes.NewReader(icons.Notification(k)))
		if err != nil || c.Width != 64 || c.Height != 64 {
			t.Errorf("%s: %dx%d, %v", k, c.Width, c.Height, err)
		}
	}
}
