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
		{&lockcore.Error{Err: lockcore.ErrChanged, Now: lockcore.Snapshot{Record: other}}, "mac-b [1m (PID 9)"},
		{&lockcore.Error{Err: lockcore.ErrChanged}, "nobody"},
		{&lockcore.Error{Err: lockcore.ErrAside, Path: "/s/.locked.unlock-1.tmp"}, "/s/.locked.unlock-1.tmp"},
		{&lockcore.Error{Err: lockcore.ErrHeld, Now: lockcore.Snapshot{Record: other}}, "Somebody uses it: mac-b"},
		{&lockcore.Error{Err: lockcore.ErrHeld, Now: lockcore.Snapshot{State: lockcore.Stale, Record: other, Starting: lockcore.Process{PID: 8}}},
			"A daemon is starting (PID 8)"},
		{&lockcore.Error{Err: lockcore.ErrUnreadable}, "cannot be read"},
		{&lockcore.Error{Err: lockcore.ErrOccupied, Now: lockcore.Snapshot{Record: other}}, "There is a lock again: mac-b"},
		{&lockcore.Error{Err: lockcore.ErrSuperseded}, "not the last removal"},
		{lockcore.ErrNoBackup, "no backup"},
		{lockcore.ErrGuardBusy, "Another program"},
		{&fs.PathError{Op: "rename", Path: "/s/.locked", Err: errors.New("read-only file system")}, "read-only file system"},
	} {
		r := unlocked(lockcore.Backup{}, test.err)
		if !strings.Contains(r.Text, test.want) || r.Title == "" || r.Err != test.err {
			t.Errorf("%v: %+v, want %q", test.err, r, test.want)
		}
	}
}

func TestWhatWasDoneIsSaid(t *testing.T) {
	c := lockcore.Backup{Kind: lockcore.BackupUnlock, Record: mini}
	for _, test := range []struct {
		got  result
		want string
	}{
		{unlocked(c, nil), "Removed the lock of mac-mini. Undo in the menu."},
		{unlocked(lockcore.Backup{Kind: lockcore.BackupUnlock}, nil), "Removed a lock that no daemon wrote. Undo in the menu."},
		{unlocked(lockcore.Backup{}, nil), "There was no lock any more"},
		{restored(c, nil), "Put back the lock of mac-mini."},
		{restored(lockcore.Backup{Kind: lockcore.BackupRestore, Link: "/x/lock"}, nil), "Put back the lock, a symbolic link to /x/lock."},
		{setAside([]lockcore.Backup{c, c}, nil), "Conflict copies set aside to the backups: 2"},
		{setAside([]lockcore.Backup{c}, lockcore.ErrGuardBusy), "In the backups: 1; the others stay. Another program is changing the lock; try again in a minute."},
		{setAside(nil, nil), "They changed or went since the menu showed them."},
		{setAside(nil, lockcore.ErrGuardBusy), "Another program is changing the lock; try again in a minute."},
		{copied("Details", nil), "Details copied to the clipboard"},
		{copied("Details", desktop.ErrNoClipboard), "Nothing was copied: install wl-clipboard, xclip or xsel"},
	} {
		if test.got.Text != test.want {
			t.Errorf("%q, want %q", test.got.Text, test.want)
		}
	}
}
