//go:build linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

func TestForceUnlockAndUndo(t *testing.T) {
	t.Parallel()
	d := freeDesk(t)
	for _, s := range []struct {
		icon icons.Kind
		lock []byte
	}{
		{icons.HeldElsewhere, record(foreignPID, "mac-mini")},
		{icons.Stale, record(deadPID(t), host)},
		{icons.Corrupt, []byte("\x00\xffnot a lock\r\n")},
	} {
		d.store.write(t, s.lock)
		d.waitIcon(s.icon)
		d.chooseUntil("Force Unlock", func() bool { return holds(t, d.store.lock(), nil, false) })
		d.waitIcon(icons.Unlocked)
		if kept := backups(t, d.home, s.lock); len(kept) != 1 {
			t.Errorf("backups are %q, want one", kept)
		}
		d.chooseUntil("Undo Force Unlock", func() bool { return holds(t, d.store.lock(), s.lock, true) })
		d.waitIcon(s.icon)
		d.store.has(t, s.lock)
	}
}

// TestLiveHolderNeedsConfirmation tests that the lock of a live holder cannot be removed by one click.
func TestLiveHolderNeedsConfirmation(t *testing.T) {
	t.Parallel()
	d := freeDesk(t)
	holder := d.hold()
	lock := testdesk.Must(os.ReadFile(d.store.lock()))(t)
	entry := d.waitLine("Force Unlock")
	want := fmt.Sprintf("Remove the Lock of studio (PID %d)", holder.PID())
	if got := strings.TrimSpace(entry.String()); got != want {
		t.Fatalf("below Force Unlock is %q, want %q", got, want)
	}
	d.choose(want)
	d.waitIcon(icons.Unlocked) // contested only after 30 s, because an orderly end looks the same at first
	d.store.free(t)
	if len(backups(t, d.home, lock)) != 1 || holder.Ended() {
		t.Errorf("backups %q, holder ended: %v", backups(t, d.home, lock), holder.Ended())
	}
}

// TestNoClickIsLost clicks Force Unlock for five stores without waiting for the effect of a click.
func TestNoClickIsLost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var args []string
	var stores []store
	for n := range 5 {
		s := store{filepath.Join(d.home.Dir, fmt.Sprintf("store-%d", n))}
		s.takeOver(t, "mac-mini")
		stores, args = append(stores, s), append(args, "--store", s.dir)
	}
	d.start(args...).waitIcon(icons.HeldElsewhere)
	for e := range testdesk.Must(d.item.Menu(d.ctx()))(t).Shown() {
		if e.Text() == "Force Unlock" {
			testfs.Check(t, d.item.Click(d.ctx(), e.ID))
		}
	}
	d.waitIcon(icons.Unlocked)
	for _, s := range stores {
		s.free(t)
	}
}

// TestImpatientClicks tests that five clicks on one entry remove one lock.
func TestImpatientClicks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	lock := d.store.takeOver(t, "mac-mini")
	d.start().waitIcon(icons.HeldElsewhere)
	entry := d.waitLine("Force Unlock")
	for range 5 {
		testfs.Check(t, d.item.Send(d.ctx(), entry.ID, "clicked"))
	}
	d.waitIcon(icons.Unlocked)
	if kept := backups(t, d.home, lock); len(kept) != 1 {
		t.Errorf("backups are %q, want one", kept)
	}
	d.choose("Undo Force Unlock")
	d.waitIcon(icons.HeldElsewhere)
	d.store.has(t, lock)
}

func TestTwoStores(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	work, play := store{filepath.Join(d.home.Dir, "work")}, store{filepath.Join(d.home.Dir, "play")}
	lock := work.takeOver(t, "mac-mini")
	play.write(t, []byte("not a lock"))
	d.start("--store", work.dir, "--store", play.dir)
	d.waitIcon(icons.Corrupt) // the worse of the two states
	d.waitLine("work · Held by mac-mini")
	section := d.waitLine("● play · Corrupt lock")
	if !section.Submenu {
		t.Fatalf("no submenu: %+v", section)
	}
	unlock, _ := section.FindShown("Force Unlock")
	testfs.Check(t, d.item.Click(d.ctx(), unlock.ID))
	d.waitIcon(icons.HeldElsewhere)
	play.free(t)
	work.has(t, lock)
}
