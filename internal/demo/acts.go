package demo

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// act is one scene: what is told, what is done, and the state that the watcher must see for the story to go on.
type act struct {
	say  func(*stage) string
	do   func(context.Context, *stage) error
	want lockcore.State
	long bool // the pause after it is long enough for what is told after ten seconds (longPause)
}

var acts = []act{
	{text("Nobody has started yet: no lock."), nothing, lockcore.Unlocked, false},
	{text("The daemon of {here} starts and takes the lock."), start, lockcore.HeldHere, false},
	{text("{other} wakes up elsewhere, and its daemon takes the lock over by the sync engine, while ours still runs. " +
		"Without Lockbar nobody would notice."), takeOver, lockcore.Contested, false},
	{text("Our daemon stops, so {other} has the store for itself."), stop, lockcore.HeldElsewhere, false},
	{text("{other} goes to sleep and gives the lock back."), giveBack, lockcore.Unlocked, true},
	{text("Our daemon takes the lock again."), start, lockcore.HeldHere, false},
	{text("It crashes (kill -9). Its lock stays behind, and the process that it names is gone."), crash, lockcore.Stale, true},
	{text("Force Unlock: that very lock is removed, and a backup is kept."), unlock, lockcore.Unlocked, false},
	{text("A mistake? Undo puts it back, byte for byte."), restore, lockcore.Stale, false},
	{text("No mistake: removed again."), unlock, lockcore.Unlocked, false},
	{text("Our daemon starts anew."), start, lockcore.HeldHere, false},
	{text("The sync engine brings a conflict copy: {other} took the lock at the same time."), copyAppears, lockcore.Contested, false},
	{text("Set Aside Conflict Copies: the copy goes to the backups, the lock stays."), setAside, lockcore.HeldHere, false},
	{text("Our daemon stops in an orderly way. All is clean."), stop, lockcore.Unlocked, false},
}

// text is narration with the names of the two machines filled in.
func text(template string) func(*stage) string {
	return func(s *stage) string {
		return strings.NewReplacer("{here}", words.Machine(), "{other}", s.other).Replace(template)
	}
}

func nothing(context.Context, *stage) error { return nil }

func start(ctx context.Context, s *stage) error {
	h, err := startHolder(ctx, s.store.Dir(), s.stateDir, s.host)
	s.holder = h
	return err
}

func stop(_ context.Context, s *stage) error { return s.dismiss((*holder).stop) }

func crash(_ context.Context, s *stage) error { return s.dismiss((*holder).kill) }

func (s *stage) dismiss(how func(*holder) error) error {
	h := s.holder
	s.holder = nil
	if h == nil {
		return errors.New("no daemon runs")
	}
	return how(h)
}

// takeOver does what another host's daemon does: it replaces the file by a rename and asks nobody.
func takeOver(_ context.Context, s *stage) error {
	temp := filepath.Join(s.store.Dir(), ".locked.demo.tmp")
	if err := os.WriteFile(temp, s.othersRecord().Encode(), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, s.store.LockPath())
}

func giveBack(_ context.Context, s *stage) error { return os.Remove(s.store.LockPath()) }

// copyAppears names the copy as iCloud Drive does.
func copyAppears(_ context.Context, s *stage) error {
	return os.WriteFile(s.store.LockPath()+" 2", s.othersRecord().Encode(), 0o600)
}

// othersPID is the PID that the other host's daemon says it has. It says nothing about processes here.
const othersPID = 4242

func (s *stage) othersRecord() lockcore.Record {
	return lockcore.NewRecord(othersPID, s.other, time.Now())
}

func unlock(ctx context.Context, s *stage) error {
	_, err := s.store.ForceUnlock(ctx, s.now, lockcore.Memory{}, false)
	return err
}

func restore(ctx context.Context, s *stage) error {
	_, err := s.store.Restore(ctx, lockcore.Backup{}, lockcore.Memory{})
	return err
}

func setAside(ctx context.Context, s *stage) error {
	_, err := s.store.SetAside(ctx, s.now, lockcore.Memory{})
	return err
}
