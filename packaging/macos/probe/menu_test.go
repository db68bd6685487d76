package main

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

// plainEntry returns an entry that can be pressed.
func plainEntry(title string) entry { return entry{Title: title, Enabled: true} }

// unlockedMenu returns the menu of tray/testdata/unlocked.golden as Accessibility reads it while the submenus are closed.
func unlockedMenu() []entry {
	sub := func(title, mark string, enabled bool) entry {
		return entry{Depth: 1, Title: title, Mark: mark, Enabled: enabled}
	}
	top := column(700, 30,
		entry{Title: "Unlocked: nobody holds the store"}, entry{Title: "Store: ~/.iai-mcp"}, entry{},
		plainEntry("Open Store"), plainEntry("Copy Details"), entry{},
		plainEntry("Notifications"), entry{Title: "Tell Other Computers", Mark: "✓", Enabled: true}, plainEntry("Start at Login"), entry{}, plainEntry("About Lockbar"), plainEntry("Quit Lockbar"))
	menu := slices.Clone(top[:7])
	for _, kind := range []string{"Takeovers", "Locks Left Behind", "Repeated Crashes", "Two Daemons", "Corrupt Locks",
		"Locks That Come Back", "While You Were Away"} {
		menu = append(menu, sub(kind, "✓", true))
	}
	menu = append(menu, sub("", "", false), sub("Pause for 1 Hour", "", true), sub("Pause until Tomorrow", "", true), sub("", "", false),
		sub("Send a Test Notification", "", true))
	menu = append(menu, top[7:11]...)
	menu = append(menu, sub("Lockbar v1.2.3", "", false), sub("Commit 0123abc", "", false), sub("MIT License", "", false),
		sub("To report a problem: Copy Details, or lockbar doctor", "", false))
	return append(menu, top[11:]...)
}

func TestMenuIsPrintedAsTheGoldenFilesHaveIt(t *testing.T) {
	golden, err := os.ReadFile("../../../tray/testdata/unlocked.golden")
	testfs.Check(t, err)
	_, want, _ := strings.Cut(strings.ReplaceAll(string(golden), "\r", ""), "\n\n")
	want = strings.ReplaceAll(want, "[ ] ", "") // Accessibility cannot tell
	if out, errOut, code := ran(desk(unlockedMenu()), "menu", "7"); code != 0 || out != want {
		t.Errorf("%q, exit %d; got\n%s\nwant\n%s", errOut, code, out, want)
	}
}

func TestHiddenEntriesAreLeftOut(t *testing.T) {
	menu := column(700, 30, plainEntry("a"), entry{Title: "hidden", Enabled: true}, plainEntry("b"))
	menu[1].Frame.Height = 0
	below := entry{Depth: 1, Title: "below a hidden one", Enabled: true}
	opened := column(900, 30, entry{Depth: 1, Title: "x", Mark: "✓"}, entry{Depth: 1, Title: "hidden, too"})
	opened[1].Frame.Height = 0
	menu = slices.Concat(menu[:2], []entry{below}, menu[2:], opened)
	if out, _, code := ran(desk(menu), "menu", "7"); code != 0 || out != "a\nb\n    [x] x\n" {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

func TestWhereTheMenuIsFound(t *testing.T) {
	open, closed := column(700, 30, plainEntry("open")), []entry{plainEntry("closed")}
	late := errors.New("too late")
	found := func(menu []entry, err error) func(*fakeScreen) ([]entry, error) {
		return func(*fakeScreen) ([]entry, error) { return menu, err }
	}
	at := func(y float64, menu []entry, err error) func(point) ([]entry, error) {
		return func(p point) ([]entry, error) {
			if p != (point{712, y}) {
				return nil, errNone
			}
			return menu, err
		}
	}
	for _, c := range []struct {
		name     string
		itemMenu func(*fakeScreen) ([]entry, error)
		menuAt   func(point) ([]entry, error)
		want     string
	}{
		{"on the item", found(open, nil), nil, "open\n"},
		{"below the item", nil, at(34, open, nil), "open\n"},
		{"further below", nil, at(64, open, nil), "open\n"},
		{"a closed one on the item, an open one below", found(closed, nil), at(44, open, nil), "open\n"},
		{"a closed one", found(closed, nil), nil, "probe: no menu of process 7 is open\n"},
		{"an empty one", found(nil, nil), nil, "probe: no menu of process 7 is open\n"},
		{"none", nil, nil, "probe: no menu of process 7 is open\n"},
		{"the app hangs", found(nil, late), at(34, open, nil), "probe: the menu of process 7: too late\n"},
		{"it hangs later", nil, at(34, nil, late), "probe: the menu of process 7: too late\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := desk(nil)
			s.itemMenu, s.menuAt = c.itemMenu, c.menuAt
			out, errOut, code := ran(s, "menu", "7")
			if out+errOut != c.want || (code == 0) != (errOut == "") {
				t.Errorf("%q, %q, exit %d; want %q", out, errOut, code, c.want)
			}
		})
	}
}
