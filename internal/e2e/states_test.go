//go:build linux

package e2e

import (
	"os"
	"strings"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// always lists entries of every menu.
var always = []string{"Store: ~/.iai-mcp", "Copy Details", "Quit Lockbar"}

// states lists one row for each state.
var states = []struct {
	icon    icons.Kind
	prepare func(*testing.T, *desk) // brings the store into the state
	lines   []string                // beginnings of entries that the menu must show
	never   []string                // beginnings of entries that it must not show
}{
	{
		icon:    icons.Unknown,
		prepare: func(*testing.T, *desk) {},
		lines:   []string{"The store is not there"},
		never:   []string{"Force Unlock", "Undo Force Unlock"},
	},
	{
		icon:    icons.Unlocked,
		prepare: func(t *testing.T, d *desk) { d.store.make(t) },
		lines:   []string{"Unlocked: nobody holds the store"},
		never:   []string{"Force Unlock", "Undo Force Unlock"},
	},
	{
		icon:    icons.HeldHere,
		prepare: func(_ *testing.T, d *desk) { d.hold() },
		lines:   []string{"Held by this computer", "PID ", "Force Unlock", "Remove the Lock of studio (PID "},
		never:   []string{"Undo Force Unlock"},
	},
	{
		icon:    icons.HeldElsewhere,
		prepare: func(t *testing.T, d *desk) { d.store.takeOver(t, "mac-mini") },
		lines:   []string{"Held by mac-mini", "PID 4242 on mac-mini · since ", "Force Unlock"},
		never:   []string{"Remove the Lock of", "Undo Force Unlock"},
	},
	{
		icon:    icons.Stale,
		prepare: func(t *testing.T, d *desk) { d.store.write(t, record(deadPID(t), host)) },
		lines:   []string{"Left behind by this computer", "PID ", "Force Unlock"},
		never:   []string{"Remove the Lock of", "Undo Force Unlock"},
	},
	{
		icon:    icons.Contested,
		prepare: conflictCopy,
		lines:   []string{"Two claims: mac-mini and ", "PID 4242 on mac-mini · since ", "Copy Command", "Force Unlock", "Remove the Lock of mac-mini (PID 4242)", "Conflict copies: .locked 2"},
		never:   []string{"Undo Force Unlock"},
	},
	{
		icon:    icons.Corrupt,
		prepare: func(t *testing.T, d *desk) { d.store.write(t, []byte("not a lock")) },
		lines:   []string{"The lock is corrupt", "Force Unlock"},
		never:   []string{"Remove the Lock of", "Undo Force Unlock"},
	},
}

// conflictCopy makes the files that iCloud leaves after two Macs took the lock at once.
func conflictCopy(t *testing.T, d *desk) {
	d.store.takeOver(t, "mac-mini")
	if err := os.Rename(d.store.stage(t, record(foreignPID+1, "mac-air")), d.store.lock()+" 2"); err != nil {
		t.Fatal(err)
	}
}

func TestEachStateIsShown(t *testing.T) {
	t.Parallel()
	for _, s := range states {
		t.Run(s.icon.String(), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			s.prepare(t, d)
			d.start()
			d.waitIcon(s.icon)
			for _, line := range append(s.lines, always...) {
				d.waitLine(line)
			}
			menu := d.item.Layout()
			for _, line := range s.never {
				if _, ok := menu.FindShown(line); ok {
					t.Errorf("%q is shown in\n%v", line, menu)
				}
			}
		})
	}
}

// TestOneAppFollows goes through the states with one app. Its menu is never
// rebuilt, because no item needs more entries than it has.
func TestOneAppFollows(t *testing.T) {
	t.Parallel()
	d := newDesk(t).start()
	d.waitIcon(icons.Unknown)
	d.store.make(t)
	d.waitIcon(icons.Unlocked)
	holder := d.hold()
	d.waitLine("Held by this computer")
	d.store.takeOver(t, "mac-mini")
	d.waitIcon(icons.Contested)
	d.waitLine("Two programs: this computer and mac-mini")
	holder.Kill()
	d.waitIcon(icons.HeldElsewhere)
	d.store.write(t, []byte("{"))
	d.waitIcon(icons.Corrupt)
	if err := os.Remove(d.store.lock()); err != nil {
		t.Fatal(err)
	}
	d.waitIcon(icons.Unlocked)
	d.hold().Kill()
	d.waitIcon(icons.Stale)
	if err := os.Remove(d.store.lock()); err != nil {
		t.Fatal(err)
	}
	d.waitIcon(icons.Unlocked)
}

func TestRegistration(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.make(t)
	d.start()
	p := d.item.Properties()
	if p.ID != "lockbar" || p.Title != "lockbar" || p.Status != "Active" {
		t.Errorf("the item is %+v", p)
	}
	testdesk.Must(d.item.WaitProperties(d.ctx(), func(p testdesk.Properties) bool {
		return strings.HasPrefix(p.ToolTip, "Lockbar: Unlocked")
	}))(t)
	if n := len(d.watcher.Registrations()); n != 1 {
		t.Errorf("registered %d times", n)
	}
}
