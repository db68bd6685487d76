//go:build linux

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// A menu that is open during a change may still show the old entries, and its user may click one at any time. The tests
// simulate this with a click on the ID that an entry had before the change.

// heldMenus lists how often the lock changes while the menu is open, and whether lockbar sees each change before the next. The tray
// has only four entries for the locks of an item, one after the other (lockEntries), so it rebuilds the menu during twelve changes.
var heldMenus = []struct {
	rounds   int
	followed bool
}{{1, false}, {2, true}, {12, true}}

// changesUnderTheMenu has a row for each way in which the lock or the copy of a menu item is replaced.
var changesUnderTheMenu = []struct {
	name   string
	label  string                              // of the item
	begin  func(*testing.T, *desk)             // makes lockbar show the item
	change func(*testing.T, *desk, int) []byte // makes another lock, backup or copy, and returns it
	where  func(*desk) string                  // returns the file that a click on the item creates or removes
	before bool                                // whether that file exists before the click
	notice string                              // in the message after a click on the old item
}{
	{
		name: "another host", label: "Force Unlock", where: lockFile, before: true, notice: "It changed meanwhile",
		begin:  heldByMini,
		change: func(t *testing.T, d *desk, n int) []byte { return d.store.takeOver(t, fmt.Sprint("mac-", n)) },
	},
	{
		name: "left behind", label: "Force Unlock", where: lockFile, before: true, notice: "It changed meanwhile",
		begin:  heldByMini,
		change: func(t *testing.T, d *desk, _ int) []byte { return d.store.write(t, record(deadPID(t), host)) },
	},
	{
		name: "empty, and another empty one", label: "Force Unlock", where: lockFile, before: true, notice: "It changed meanwhile",
		begin:  func(t *testing.T, d *desk) { d.store.write(t, nil) },
		change: func(t *testing.T, d *desk, _ int) []byte { return d.store.write(t, nil) },
	},
	{
		name: "held here", label: "Remove the Lock of studio", where: lockFile, before: true, notice: "It changed meanwhile",
		begin:  func(t *testing.T, d *desk) { d.store.write(t, record(os.Getpid(), host)) },
		change: func(t *testing.T, d *desk, _ int) []byte { return d.store.write(t, record(os.Getpid(), host)) },
	},
	{
		name: "another removal", label: "Undo Force Unlock", where: lockFile, before: false, notice: "Another lock was removed since",
		begin:  func(t *testing.T, d *desk) { d.removed(t, "mac-mini") },
		change: func(t *testing.T, d *desk, n int) []byte { return d.removed(t, fmt.Sprint("mac-", n)) },
	},
	{
		name: "another conflict copy", label: "Set Aside Conflict Copies", where: copyFile, before: true, notice: "They changed or disappeared meanwhile",
		begin:  func(t *testing.T, d *desk) { conflictCopy(t, d) },
		change: func(t *testing.T, d *desk, n int) []byte { return d.copyOf(t, fmt.Sprint("mac-", n)) },
	},
}

func heldByMini(t *testing.T, d *desk) { d.store.takeOver(t, "mac-mini") }

func lockFile(d *desk) string { return d.store.lock() }

func copyFile(d *desk) string { return d.store.lock() + " 2" }

// holds reports whether a file has this content or, if exists is false, does not exist.
func holds(t testing.TB, path string, want []byte, exists bool) bool {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return err == nil == exists && (!exists || bytes.Equal(got, want))
}

// removed makes a host take the lock, removes the lock with the command line, and returns it.
func (d *desk) removed(t *testing.T, by string) []byte {
	t.Helper()
	lock := d.store.takeOver(t, by)
	d.lockbar("unlock", "--yes")
	return lock
}

// copyOf makes or replaces the conflict copy, which names a host, and returns it.
func (d *desk) copyOf(t *testing.T, by string) []byte {
	t.Helper()
	copy := record(foreignPID+1, by)
	testfs.Check(t, os.Rename(d.store.stage(t, copy), copyFile(d)))
	return copy
}

// TestHeldMenu tests a click in a menu that was open during changes. The click touches nothing that the menu did not show, whether lockbar
// has seen the changes or not. A click on the item that is shown now works.
func TestHeldMenu(t *testing.T) {
	t.Parallel()
	for i, c := range changesUnderTheMenu {
		for n, h := range heldMenus {
			// All items share the code. So, except in the long form, only the first row tries all menus, and each row with another label
			// tries one.
			if i > 0 && (n != i%2 || c.label == changesUnderTheMenu[0].label) && !testfs.Long() {
				continue
			}
			t.Run(fmt.Sprintf("%s %d times, followed %v", c.name, h.rounds, h.followed), func(t *testing.T) {
				t.Parallel()
				d := newDesk(t)
				c.begin(t, d)
				d.start()
				held := d.waitLine(c.label).ID
				var want []byte
				for n, shown := 0, held; n < h.rounds; n++ {
					want = c.change(t, d, n)
					if h.followed {
						shown = d.waitOther(c.label, shown)
					}
				}
				testfs.Check(t, d.item.Send(d.ctx(), held, "clicked"))
				if h.rounds <= 2 { // after a rebuild of the menu the ID is unknown, and the click is ignored
					d.waitBody(c.notice)
				}
				d.waitOther(c.label, held)
				if !holds(t, c.where(d), want, c.before) {
					t.Fatal("the click on the old item did something")
				}
				d.chooseUntil(c.label, func() bool { return holds(t, c.where(d), want, !c.before) && backupsOf(t, d, want) == 1 })
			})
		}
	}
}

// chooseUntil chooses an item until done returns true. On a busy machine the panel may still show the old item, or lockbar may still
// handle the previous click.
func (d *desk) chooseUntil(text string, done func() bool) {
	d.t.Helper()
	for range 20 {
		d.choose(text)
		for range 50 {
			if done() {
				return
			}
			time.Sleep(checkInterval)
		}
	}
	d.t.Fatalf("%q does nothing", text)
}

// waitBody waits for a notification with this text in its body.
func (d *desk) waitBody(text string) {
	d.t.Helper()
	testdesk.Must(d.notes.WaitFor(d.ctx(), func(n testdesk.Notification) bool { return strings.Contains(n.Body, text) }))(d.t)
}

// backupsOf counts the backups of removed locks and copies with this content. (An empty lock has the content of other empty files.)
func backupsOf(t *testing.T, d *desk, want []byte) (n int) {
	t.Helper()
	for _, path := range backups(t, d.home, want) {
		if strings.HasSuffix(path, "-unlock.locked") || strings.HasSuffix(path, "-copy.locked") {
			n++
		}
	}
	return n
}

// waitOther waits until an entry with this text and another ID is shown, and returns its ID.
func (d *desk) waitOther(text string, id int32) int32 {
	d.t.Helper()
	var found testdesk.Entry
	_, err := d.item.WaitMenu(d.ctx(), func(menu testdesk.Entry) (ok bool) {
		found, ok = menu.FindShown(text)
		return ok && found.ID != id
	})
	if err != nil {
		d.t.Fatalf("want a %q other than entry %d in the menu: %v", text, id, err)
	}
	return found.ID
}

// TestHeldMenuWithoutItem tests a click on an item that the menu loses, or makes a submenu, because of a change. In the rows without
// waitIcon lockbar may not have seen the change yet.
func TestHeldMenuWithoutItem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, label string
		begin       func(*testing.T, *desk)
		change      func(*testing.T, *desk) []byte // nil: no lock is left
		notice      string
	}{
		{"released", "Force Unlock", heldByMini, func(t *testing.T, d *desk) []byte {
			d.store.drop(t)
			d.waitIcon(icons.Unlocked)
			return nil
		}, "There was no lock to remove"},
		{"taken here", "Force Unlock", heldByMini, func(t *testing.T, d *desk) []byte {
			return d.store.write(t, record(os.Getpid(), host))
		}, "It changed meanwhile"},
		{"contested", "Force Unlock", heldByMini, func(t *testing.T, d *desk) []byte {
			lock := testdesk.Must(os.ReadFile(d.store.lock()))(t)
			d.copyOf(t, "mac-air")
			d.waitIcon(icons.Contested)
			return lock
		}, "in use by mac-mini (PID 4242)"},
		{"taken again", "Undo Force Unlock", func(t *testing.T, d *desk) { d.removed(t, "mac-mini") }, func(t *testing.T, d *desk) []byte {
			return d.store.takeOver(t, "mac-air")
		}, "There is a new lock (mac-air"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			c.begin(t, d)
			d.start()
			held := d.waitLine(c.label).ID
			want := c.change(t, d)
			testfs.Check(t, d.item.Send(d.ctx(), held, "clicked"))
			if want == nil {
				d.waitLine(c.notice)
				d.store.free(t)
				return
			}
			d.waitBody(c.notice)
			d.store.has(t, want)
		})
	}
}

// TestHeldMenuActs tests that a click in an old menu acts if the item's lock is still the same, although other things changed.
func TestHeldMenuActs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	work, play := store{filepath.Join(d.home.Dir, "work")}, store{filepath.Join(d.home.Dir, "play")}
	lock := work.takeOver(t, "mac-mini")
	play.takeOver(t, "mac-mini")
	d.start("--store", work.dir, "--store", play.dir)
	section := d.waitLine("work · Held by mac-mini")
	held, _ := section.FindShown("Force Unlock")
	testfs.Check(t, os.Remove(work.lock()))
	d.waitLine("work · Unlocked")
	work.write(t, lock) // as a sync program that replaces the lock in two steps
	d.waitLine("work · Held by mac-mini")
	play.takeOver(t, "mac-air")
	d.waitLine("play · Held by mac-air")
	d.choose("Takeovers")
	copies := work.lock() + " 2"
	if err := os.Rename(work.stage(t, lock), copies); err != nil { // the same claim, so the lock is not contested
		t.Fatal(err)
	}
	d.waitLine("Conflict copies: .locked 2")
	testfs.Check(t, d.item.Send(d.ctx(), held.ID, "clicked"))
	d.waitLine("work · Unlocked")
	work.free(t)
}
