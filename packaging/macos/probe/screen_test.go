package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// noScreen is an empty screen.
var noScreen screen = &fakeScreen{}

// A fakeScreen is a screen with at most one status item. The menus may depend on the position of the mouse.
type fakeScreen struct {
	trusted  error
	displays []rect
	item     rect
	itemMenu func(*fakeScreen) ([]entry, error)
	menuAt   func(point) ([]entry, error)
	pointer  point
	done     []event
}

type event struct {
	do action
	at point
}

func (f *fakeScreen) Trusted() error            { return f.trusted }
func (f *fakeScreen) Displays() ([]rect, error) { return f.displays, nil }

func (f *fakeScreen) Item(int) (rect, error) {
	if f.item == (rect{}) {
		return rect{}, errNone
	}
	return f.item, nil
}

func (f *fakeScreen) ItemMenu(int) ([]entry, error) {
	if f.itemMenu == nil {
		return nil, errNone
	}
	return f.itemMenu(f)
}

func (f *fakeScreen) MenuAt(_ int, at point) ([]entry, error) {
	if f.menuAt == nil {
		return nil, errNone
	}
	return f.menuAt(at)
}

func (f *fakeScreen) Pointer() (point, error) { return f.pointer, nil }

func (f *fakeScreen) Mouse(do action, at point) error {
	f.pointer = at
	f.done = append(f.done, event{do, at})
	return nil
}

func (f *fakeScreen) Escape() error {
	f.done = append(f.done, event{-1, point{}})
	return nil
}

// desk returns a screen with a status item, and a menu that hangs on it.
func desk(menu []entry) *fakeScreen {
	return &fakeScreen{
		displays: []rect{{0, 0, 1024, 768}},
		item:     rect{700, 0, 24, 24},
		itemMenu: func(*fakeScreen) ([]entry, error) { return menu, nil },
	}
}

// column places entries below each other, as a menu does.
func column(x, y float64, entries ...entry) []entry {
	for i := range entries {
		entries[i].Frame = rect{x, y + 22*float64(i), 200, 22}
	}
	return entries
}

// ran runs a verb and returns everything that a caller sees of it.
func ran(s screen, args ...string) (out, errOut string, code int) {
	var o, e bytes.Buffer
	code = run(args, s, &o, &e)
	return o.String(), e.String(), code
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		{}, {"dance"}, {"trusted", "1"}, {"frame"}, {"frame", "1", "2"}, {"frame", "x"}, {"menu", "-1"}, {"click", "0"}, {"click", "99999999999"},
		{"press", "1"}, {"press", "1", "a", "b", "c"}, {"escape", "1"}, {"differ", "a"}, {"await", "log", "text", "5"},
		{"await", "log", "text", "soon", "true"}, {"await", "log", "text", "0", "true"},
	} {
		out, errOut, code := ran(noScreen, args...)
		if code != 2 || out != "" || !strings.HasPrefix(errOut, "probe: ") || strings.Count(errOut, "\n") != 1 {
			t.Errorf("%q: %q, %q, exit %d", args, out, errOut, code)
		}
	}
}

func TestTrustedTellsWhatIsMissing(t *testing.T) {
	if out, errOut, code := ran(noScreen, "trusted"); code != 0 || out+errOut != "" {
		t.Errorf("%q, %q, exit %d", out, errOut, code)
	}
	_, errOut, code := ran(&fakeScreen{trusted: errors.New("no Accessibility")}, "trusted")
	if code != 1 || errOut != "probe: no Accessibility\n" {
		t.Errorf("%q, exit %d", errOut, code)
	}
}

func TestFrame(t *testing.T) {
	const hidden = " is not at the top of any display: macOS hides it, for lack of room or by a setting\n"
	two := []rect{{0, 0, 1024, 768}, {1024, -200, 1920, 1080}}
	for _, c := range []struct {
		name string
		item rect
		want string // of stdout; what begins with "probe:" of stderr
	}{
		{"whole points", rect{700, 0, 24, 24}, "700 0 24 24\n"},
		{"parts of points are enclosed", rect{700.5, 1.25, 24, 22}, "700 1 25 23\n"},
		{"second display", rect{1500, -200, 24, 24}, "1500 -200 24 24\n"},
		{"none", rect{}, "probe: process 7 has no status item\n"},
		{"no size", rect{0, 0, 0, 24}, "probe: the status item has no size: macOS does not show it\n"},
		{"parked at the foot of the display", rect{-1, 768, 38, 24}, "probe: the status item at -1,768" + hidden},
		{"parked a little above it", rect{0, 744, 38, 24}, "probe: the status item at 0,744" + hidden},
		{"left of all", rect{-400, 0, 38, 24}, "probe: the status item at -400,0" + hidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, errOut, code := ran(&fakeScreen{displays: two, item: c.item}, "frame", "7")
			if out+errOut != c.want || (code != 0) != (out == "") {
				t.Errorf("%q, %q, exit %d; want %q", out, errOut, code, c.want)
			}
		})
	}
}

func TestAXErrors(t *testing.T) {
	if err := axError(0); err != nil {
		t.Error(err)
	}
	if err := axError(nothingThere); !errors.Is(err, errNone) {
		t.Error(err)
	}
	for code, want := range map[int]string{-25204: "the app did not answer in time (AXError -25204)", -1: "AXError -1"} {
		if err := axError(code); err == nil || err.Error() != want || errors.Is(err, errNone) {
			t.Errorf("%d: %v, want %q", code, err, want)
		}
	}
}
