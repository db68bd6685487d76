//go:build linux

package e2e

import (
	"slices"
	"strings"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// always lists entries of every menu.
var always = []string{"Store: ~/.iai-mcp", "Copy Details", "Quit Lockbar"}

// conflictCopy makes the files that iCloud leaves after two Macs took the lock at once.
func conflictCopy(t *testing.T, d *desk) {
	d.store.takeOver(t, "mac-mini")
	d.copyOf(t, "mac-air")
}

// TestEachStateIsShown goes through all states with one app.
func TestEachStateIsShown(t *testing.T) {
	t.Parallel()
	d := newDesk(t).start()
	var holder *testdesk.Process
	for _, s := range []struct {
		icon  icons.Kind
		enter func()   // brings the store into the state
		lines []string // beginnings of entries that the menu must show
		never []string // beginnings of entries that it must not show
	}{
		{
			icons.Unknown, func() {},
			[]string{"The store is not there"}, []string{"Force Unlock"},
		}, {
			icons.Unlocked, func() { d.store.make(t) },
			[]string{"Unlocked: nobody holds the store"}, []string{"Force Unlock"},
		}, {
			icons.HeldHere, func() { holder = d.hold() },
			[]string{"Held by this computer", "PID ", "Force Unlock", "Remove the Lock of studio (PID "}, nil,
		}, {
			icons.Contested, func() { d.store.takeOver(t, "mac-mini") },
			[]string{"Two programs: this computer and mac-mini", "Force Unlock", "Remove the Lock of mac-mini (PID 4242)"}, nil,
		}, {
			icons.HeldElsewhere, func() { holder.Kill() },
			[]string{"Held by mac-mini", "PID 4242 on mac-mini · since ", "Force Unlock"}, []string{"Remove the Lock of"},
		}, {
			icons.Corrupt, func() { d.store.write(t, []byte("{")) },
			[]string{"The lock is corrupt", "Force Unlock"}, []string{"Remove the Lock of"},
		}, {
			icons.Unlocked, func() { d.store.drop(t) },
			[]string{"Unlocked: nobody holds the store"}, []string{"Force Unlock"},
		}, {
			icons.Stale, func() { d.hold().Kill() },
			[]string{"Left behind by this computer", "PID ", "Force Unlock"}, []string{"Remove the Lock of"},
		}, {
			icons.Contested, func() { conflictCopy(t, d) },
			[]string{"Two claims: mac-mini and ", "PID 4242 on mac-mini · since ", "Copy Command", "Force Unlock",
				"Remove the Lock of mac-mini (PID 4242)", "Conflict copies: .locked 2"}, nil,
		},
	} {
		s.enter()
		d.waitIcon(s.icon)
		d.waitMenu(slices.Concat(s.lines, always), append(s.never, "Undo Force Unlock"))
	}
}

// waitMenu waits until the menu shows an entry that begins with each of lines, and no entry that begins with one of never.
func (d *desk) waitMenu(lines, never []string) {
	d.t.Helper()
	if _, err := d.item.WaitMenu(d.ctx(), func(menu testdesk.Entry) bool {
		shows := func(line string) bool { return missingLine(menu, []string{line}) == nil }
		return missingLine(menu, lines) == nil && !slices.ContainsFunc(never, shows)
	}); err != nil {
		d.t.Fatalf("want %q and none of %q in the menu: %v", lines, never, err)
	}
}

func TestRegistration(t *testing.T) {
	t.Parallel()
	d := freeDesk(t)
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
