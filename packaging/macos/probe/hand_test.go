package main

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// wantClick checks that the mouse was moved to a point and clicked there, and then did nothing more.
func wantClick(t *testing.T, s *fakeScreen, at point) {
	t.Helper()
	first := slices.IndexFunc(s.done, func(e event) bool { return e.do == down })
	if want := []event{{move, at}, {down, at}, {up, at}}; first < 1 || !slices.Equal(s.done[first-1:], want) {
		t.Errorf("%v, want %v at the end", s.done, want)
	}
}

func TestClick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := desk(nil)
		if _, errOut, code := ran(s, "click", "7"); code != 0 || errOut != "" {
			t.Fatalf("%q, exit %d", errOut, code)
		}
		wantClick(t, s, point{712, 12})
	})
}

func TestClickNeedsAShownItem(t *testing.T) {
	s := desk(nil)
	s.item.Y = 800
	if _, errOut, code := ran(s, "click", "7"); code != 1 || !strings.Contains(errOut, "not at the top of any display") || len(s.done) > 0 {
		t.Errorf("%q, exit %d, %v", errOut, code, s.done)
	}
}

func TestPress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := desk(unlockedMenu())
		if _, errOut, code := ran(s, "press", "7", "Copy Details"); code != 0 || errOut != "" {
			t.Fatalf("%q, exit %d", errOut, code)
		}
		wantClick(t, s, point{800, 30 + 4*22 + 11})
	})
}

// opening returns a screen with a menu whose submenu opens a while after the mouse has reached the submenu's entry.
func opening(after time.Duration) *fakeScreen {
	top := column(700, 30, plainEntry("a"), plainEntry("More"))
	sub := column(900, 52, entry{Depth: 1, Title: "x", Enabled: true}, entry{Depth: 1, Title: "y", Enabled: true})
	var over time.Time
	s := desk(nil)
	s.itemMenu = func(s *fakeScreen) ([]entry, error) {
		if over.IsZero() && top[1].Frame.contains(s.pointer) {
			over = time.Now()
		}
		if over.IsZero() || time.Since(over) < after {
			return slices.Concat(top, []entry{{Depth: 1, Title: "x", Enabled: true}, {Depth: 1, Title: "y", Enabled: true}}), nil
		}
		return slices.Concat(top, sub), nil
	}
	return s
}

func TestPressInSubmenuWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opening(time.Second)
		if _, errOut, code := ran(s, "press", "7", "More", "y"); code != 0 || errOut != "" {
			t.Fatalf("%q, exit %d", errOut, code)
		}
		wantClick(t, s, point{1000, 52 + 22 + 11})
		if !slices.Contains(s.done, event{move, point{1000, 52 + 11}}) {
			t.Errorf("the mouse did not go sideways into the submenu first: %v", s.done)
		}
	})
}

func TestPressGivesUp(t *testing.T) {
	for _, c := range []struct {
		name   string
		screen *fakeScreen
		args   []string
		want   string
	}{
		{"no such entry", desk(unlockedMenu()), []string{"Open"}, `no entry "Open" among`},
		{"disabled", desk(unlockedMenu()), []string{"Store: ~/.iai-mcp"}, "is disabled"},
		{"in the submenu of another", desk(unlockedMenu()), []string{"Takeovers"}, `no entry "Takeovers" among`},
		{"no submenu", desk(unlockedMenu()), []string{"Copy Details", "Takeovers"}, `no entry "Takeovers" among none`},
		{"the submenu does not open", opening(time.Hour), []string{"More", "y"}, `the entry "y" is not shown`},
		{"two of one name", desk(column(700, 30, plainEntry("a"), plainEntry("a"))), []string{"a"}, `2 entries are called "a"`},
		{"closed", desk([]entry{plainEntry("a")}), []string{"a"}, "no menu of process 7 is open"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, errOut, code := ran(c.screen, append([]string{"press", "7"}, c.args...)...)
				if code != 1 || !strings.Contains(errOut, c.want) {
					t.Errorf("%q, exit %d; want %q", errOut, code, c.want)
				}
				if slices.ContainsFunc(c.screen.done, func(e event) bool { return e.do != move }) {
					t.Errorf("it clicked: %v", c.screen.done)
				}
			})
		})
	}
}

func TestPressFollowsAnEntryThatMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := desk(nil)
		s.itemMenu = func(s *fakeScreen) ([]entry, error) {
			if len(s.done) == 0 {
				return column(700, 30, plainEntry("a"), plainEntry("b")), nil
			}
			return column(700, 30, plainEntry("new"), plainEntry("a"), plainEntry("b")), nil
		}
		if _, errOut, code := ran(s, "press", "7", "b"); code != 0 {
			t.Fatalf("%q, exit %d", errOut, code)
		}
		wantClick(t, s, point{800, 30 + 2*22 + 11})
	})
}

func TestEscape(t *testing.T) {
	s := desk(nil)
	if _, errOut, code := ran(s, "escape"); code != 0 || len(s.done) != 1 || s.done[0].do != -1 {
		t.Errorf("%q, exit %d, %v", errOut, code, s.done)
	}
}
