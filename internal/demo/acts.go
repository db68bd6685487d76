package demo

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// act is one scene: what is told, what is done, and the state that the watcher must see for the story to go on.
type act struct {
	text string // with the names of the two machines in braces
	do   func(context.Context, *stage) error
	from []lockcore.State // in which it can be done; in others the scene is set first
	want lockcore.State
	mine bool // a click in the menu does the same, so that it may be done already
	long bool // the pause after it is long enough for what is told after ten seconds (longPause)
}

var acts = []act{
	{text: "iai-mcp keeps what your coding assistant remembers in a store. No daemon uses this one, so it has no lock.",
		do: nothing, from: []lockcore.State{lockcore.Unlocked}, want: lockcore.Unlocked},
	{text: "The daemon of {here} starts and locks the store.",
		do: start, from: free, want: lockcore.HeldHere},
	{text: "Another computer, {other}, wakes up. Through a synced folder its daemon takes the lock over while yours still runs: " +
		"two daemons may write to one store. Nobody but Lockbar tells you.",
		do: takeOver, from: running, want: lockcore.Contested},
	{text: "The daemon of {here} stops, so {other} has the store to itself.",
		do: stop, from: []lockcore.State{lockcore.Contested}, want: lockcore.HeldElsewhere},
	{text: "{other} goes to sleep, and its daemon gives the lock back.",
		do: giveBack, from: []lockcore.State{lockcore.HeldElsewhere}, want: lockcore.Unlocked, mine: true, long: true},
	{text: "The daemon of {here} takes the lock again.",
		do: start, from: free, want: lockcore.HeldHere},
	{text: "It crashes. Its lock stays behind, although its process is gone. After ten seconds Lockbar says so.",
		do: crash, from: []lockcore.State{lockcore.HeldHere}, want: lockcore.Stale, long: true},
	{text: "Force Unlock removes exactly that lock and keeps a backup.",
		do: unlock, from: []lockcore.State{lockcore.Stale}, want: lockcore.Unlocked, mine: true},
	{text: "You can take that back: Undo Force Unlock puts the lock back, byte for byte.",
		do: restore, from: []lockcore.State{lockcore.Unlocked}, want: lockcore.Stale, mine: true},
	{text: "Its daemon is still gone, so Force Unlock removes the lock again.",
		do: unlock, from: []lockcore.State{lockcore.Stale}, want: lockcore.Unlocked, mine: true},
	{text: "The daemon of {here} starts again.",
		do: start, from: free, want: lockcore.HeldHere},
	{text: "{other} took the lock at the same time: the sync program cannot merge the two and leaves a conflict copy.",
		do: copyAppears, from: []lockcore.State{lockcore.HeldHere}, want: lockcore.Contested},
	{text: "Set Aside Conflict Copies moves the copy to the backups. The lock stays.",
		do: setAside, from: []lockcore.State{lockcore.Contested}, want: lockcore.HeldHere, mine: true},
	{text: "The daemon of {here} stops in good order and gives the lock back.",
		do: stop, from: running, want: lockcore.Unlocked},
}

var (
	// free are the states in which a daemon that starts takes the lock: it replaces one that was left behind, or is another machine's.
	free = []lockcore.State{lockcore.Unlocked, lockcore.Stale, lockcore.HeldElsewhere}
	// running are those in which our daemon runs, with its lock or without one that was removed.
	running = []lockcore.State{lockcore.HeldHere, lockcore.Unlocked}
)

// told is the narration of an act.
func (s *stage) told(a act) string {
	names := strings.NewReplacer("{here}", words.Machine(), "{other}", s.other)
	return names.Replace(a.text) + "\nThe icon now: " + words.SignOf(a.want).Shape + "."
}

func nothing(context.Context, *stage) error { return nil }

func start(ctx context.Context, s *stage) error {
	s.dismiss((*holder).kill) // one whose lock was removed
	h, err := startHolder(ctx, s.store.Dir(), s.stateDir, s.host)
	s.holder = h
	return err
}

func stop(_ context.Context, s *stage) error {
	s.dismiss((*holder).stop)
	return nil
}

func crash(_ context.Context, s *stage) error {
	s.dismiss((*holder).kill)
	return nil
}

// dismiss ends the holder, if there is one. How well it ended is seen by its lock.
func (s *stage) dismiss(how func(*holder) error) {
	if s.holder != nil {
		_ = how(s.holder)
	}
	s.holder = nil
}

// takeOver does what another host's daemon does: it replaces the file by a rename and asks nobody.
func takeOver(_ context.Context, s *stage) error {
	temp := filepath.Join(s.store.Dir(), ".locked.demo.tmp")
	if err := os.WriteFile(temp, s.othersRecord().Encode(), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, s.store.LockPath())
}

func giveBack(_ context.Context, s *stage) error {
	if err := os.Remove(s.store.LockPath()); !errors.Is(err, fs.ErrNotExist) { // removed by a click in this moment
		return err
	}
	return nil
}

// copyAppears names the copy as iCloud Drive does.
func copyAppears(_ context.Context, s *stage) error {
	return os.WriteFile(s.copyPath(), s.othersRecord().Encode(), 0o600)
}

func (s *stage) copyPath() string { return s.store.LockPath() + " 2" }

// othersPID is the PID that the other host's daemon says it has. It says nothing about processes here.
const othersPID = 4242

func (s *stage) othersRecord() lockcore.Record {
	return lockcore.NewRecord(othersPID, s.other, time.Now())
}

func unlock(ctx context.Context, s *stage) error {
	_, err := s.store.ForceUnlock(ctx, s.look(ctx), lockcore.Memory{}, false)
	return err
}

func restore(ctx context.Context, s *stage) error {
	_, err := s.store.Restore(ctx, lockcore.Backup{}, lockcore.Memory{})
	return err
}

func setAside(ctx context.Context, s *stage) error {
	_, err := s.store.SetAside(ctx, s.look(ctx), lockcore.Memory{})
	return err
}
