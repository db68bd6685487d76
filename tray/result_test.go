package tray

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"lockbar/internal/desktop"
	"lockbar/lockcore"
)

func TestEveryRefusalHasItsSentence(t *testing.T) {
	other := lockcore.Record{PID: 9, Hostname: "mac-b\x1b[1m", StartedAt: "x", SchemaVersion: "1"}
	for _, test := range []struct {
		err  error
		want string
	}{
		{&lockcore.ChangedError{Record: other}, "mac-b [1m (PID 9)"},
		{&lockcore.ChangedError{}, "nobody"},
		{&lockcore.AsideError{Path: "/s/.locked.unlock-1.tmp", Err: fs.ErrPermission}, "/s/.locked.unlock-1.tmp"},
		{&lockcore.HeldError{Record: other}, "Somebody uses it: mac-b"},
		{&lockcore.HeldError{Record: other, Now: lockcore.Snapshot{State: lockcore.Stale, Record: other, Starting: lockcore.Process{PID: 8}}},
			"A daemon is starting (PID 8)"},
		{&lockcore.UnreadableError{}, "cannot be read"},
		{&lockcore.OccupiedError{Record: other}, "There is a lock again: mac-b"},
		{&lockcore.SupersededError{}, "not the last removal"},
		{lockcore.ErrNoBackup, "no backup"},
		{lockcore.ErrGuardBusy, "Another program"},
		{&fs.PathError{Op: "rename", Path: "/s/.locked", Err: errors.New("read-only file system")}, "read-only file system"},
	} {
		r := unlocked(lockcore.Change{}, test.err)
		if !strings.Contains(r.Text, test.want) || r.Title == "" || r.Err != test.err {
			t.Errorf("%v: %+v, want %q", test.err, r, test.want)
		}
	}
}

func TestWhatWasDoneIsSaid(t *testing.T) {
	c := lockcore.Change{Kind: lockcore.ChangeUnlock, Record: mini}
	for _, test := range []struct {
		got  result
		want string
	}{
		{unlocked(c, nil), "Removed the lock of mac-mini. Undo in the menu."},
		{unlocked(lockcore.Change{Kind: lockcore.ChangeUnlock}, nil), "Removed a lock that no daemon wrote. Undo in the menu."},
		{unlocked(lockcore.Change{}, nil), "There was no lock any more"},
		{restored(c, nil), "Put back the lock of mac-mini."},
		{restored(lockcore.Change{Kind: lockcore.ChangeRestore, Link: "/x/lock"}, nil), "Put back the lock, a symbolic link to /x/lock."},
		{setAside([]lockcore.Change{c, c}, nil), "Conflict copies set aside to the backups: 2"},
		{setAside([]lockcore.Change{c}, lockcore.ErrGuardBusy), "In the backups: 1; the others stay. Another program is changing the lock; try again in a minute."},
		{setAside(nil, lockcore.ErrGuardBusy), "Another program is changing the lock; try again in a minute."},
		{copied("Details", nil), "Details copied to the clipboard"},
		{copied("Details", desktop.ErrNoClipboard), "Nothing was copied: install wl-clipboard, xclip or xsel"},
	} {
		if test.got.Text != test.want {
			t.Errorf("%q, want %q", test.got.Text, test.want)
		}
	}
}
