package demo

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// act is one scene of the story.
type act struct {
	text string // the narration; {here} and {other} stand for the two machines
	do   func(context.Context, *stage) error
	from []lockcore.State // states in which do can run; in others the scene is set first
	want lockcore.State   // the state that the watcher must see before the story goes on
	why  lockcore.Reason  // the reason of that state; empty: any
	mine bool             // a click in the menu does the same, so the user may have done it already
	long bool             // longPause follows
	both bool             // the story waits until the other machine knows that our daemon runs
}

var acts = []act{
	{text: "iai-mcp keeps what your coding assistant remembers in a store. No daemon uses this one, so it has no lock.",
		do: nothing, from: []lockcore.State{lockcore.Unlocked}, want: lockcore.Unlocked},
	{text: "The daemon of {here} starts and locks the store.",
		do: start, from: free, want: lockcore.HeldHere},
	{text: "Another computer, {other}, wakes up. Through a synced folder its daemon takes the lock over while yours still runs: " +
		"two daemons may write to one store. Only Lockbar tells you.",
		do: takeOver, from: running, want: lockcore.Contested, why: lockcore.LocalDaemonAlive},
	{text: "{other} has a Lockbar too, and the two talk through the store: it says that its daemon runs, and reads that yours does. " +
		"So both computers sound the alarm.",
		do: speakUp, from: []lockcore.State{lockcore.Contested}, want: lockcore.Contested, why: lockcore.LocalDaemonAlive, both: true},
	{text: "The daemon of {here} stops, so {other} has the store to itself. Its Lockbar says that its daemon runs.",
		do: stop, from: []lockcore.State{lockcore.Contested}, want: lockcore.HeldElsewhere},
	{text: "{other} goes to sleep. Its daemon releases the lock, and its Lockbar says so.",
		do: giveBack, from: []lockcore.State{lockcore.HeldElsewhere, lockcore.Unlocked}, want: lockcore.Unlocked, long: true},
	{text: "The daemon of {here} takes the lock again.",
		do: start, from: free, want: lockcore.HeldHere},
	{text: "{other} wakes up, and a daemon starts there too. No lock here shows it, but the Lockbar of {other} says so.",
		do: wakeUp, from: []lockcore.State{lockcore.HeldHere}, want: lockcore.Contested, why: lockcore.OtherDaemonAlive},
	{text: "The daemon of {other} ends. Its Lockbar says so, and the icon shows it at once. The alarm ends after five seconds.",
		do: end, from: []lockcore.State{lockcore.Contested}, want: lockcore.HeldHere, long: true},
	{text: "The daemon of {here} crashes. Its lock stays behind, although its process is gone. After ten seconds the app tells you.",
		do: crash, from: []lockcore.State{lockcore.HeldHere}, want: lockcore.Stale, long: true},
	{text: "Force Unlock removes exactly that lock and keeps a backup.",
		do: unlock, from: []lockcore.State{lockcore.Stale}, want: lockcore.Unlocked, mine: true},
	{text: "You can undo that: Undo Force Unlock puts the lock back, byte for byte.",
		do: restore, from: []lockcore.State{lockcore.Unlocked}, want: lockcore.Stale, mine: true},
	{text: "{other} takes the lock over, and loses its power at the same moment. Its lock stays. From here it is not known " +
		"whether its daemon still runs.",
		do: takeOver, from: []lockcore.State{lockcore.Stale, lockcore.Unlocked}, want: lockcore.HeldElsewhere},
	{text: "{other} is back. Its Lockbar says that its daemon is gone: now it is proven that the lock was left behind.",
		do: end, from: []lockcore.State{lockcore.HeldElsewhere}, want: lockcore.Stale, why: lockcore.WitnessGone, long: true},
	{text: "The daemon of {here} starts again, and may replace such a lock.",
		do: start, from: free, want: lockcore.HeldHere},
	{text: "{other}, whose Lockbar does not run now, took the lock at the same time. The sync program cannot merge the two and leaves " +
		"a conflict copy.",
		do: copyAppears, from: []lockcore.State{lockcore.HeldHere}, want: lockcore.Contested, why: lockcore.ConflictCopy},
	{text: "Set Aside Conflict Copies moves the copy to the backups. The lock stays.",
		do: setAside, from: []lockcore.State{lockcore.Contested}, want: lockcore.HeldHere, mine: true},
	{text: "The daemon of {here} stops properly and releases the lock.",
		do: stop, from: running, want: lockcore.Unlocked},
}

var (
	// free lists the states in which a starting daemon takes the lock: it replaces a stale lock, or another machine's.
	free = []lockcore.State{lockcore.Unlocked, lockcore.Stale, lockcore.HeldElsewhere}
	// running lists the states in which our daemon runs, with its lock or after somebody removed it.
	running = []lockcore.State{lockcore.HeldHere, lockcore.Unlocked}
)

// reached reports whether the store is in the state to which the act leads.
func (a *act) reached(s *lockcore.Snapshot) bool {
	return s.State == a.want && (a.why == "" || s.Reason == a.why)
}

// narration returns the text of an act.
func (s *stage) narration(a *act) string {
	names := strings.NewReplacer("{here}", words.Machine(), "{other}", s.other.word.Host)
	return names.Replace(a.text) + "\nThe icon now: " + words.SignOf(a.want).Shape + "."
}

func nothing(context.Context, *stage) error { return nil }

func start(ctx context.Context, s *stage) error {
	s.dismiss((*holder).kill) // a holder whose lock was removed may still run
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

// dismiss ends the holder, if there is one.
func (s *stage) dismiss(end func(*holder)) {
	if s.holder != nil {
		end(s.holder)
	}
	s.holder = nil
}

// takeOver replaces the lock by a rename, as another host's daemon does.
func takeOver(_ context.Context, s *stage) error {
	temp := filepath.Join(s.store.Dir(), ".locked.demo.tmp")
	if err := os.WriteFile(temp, s.other.lock(), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, s.store.LockPath())
}

// speakUp makes the other Lockbar announce the daemon that took the store over.
func speakUp(_ context.Context, s *stage) error { return s.other.announceDaemon() }

func giveBack(ctx context.Context, s *stage) error {
	if err := os.Remove(s.store.LockPath()); err != nil && !errors.Is(err, fs.ErrNotExist) { // a click may have removed it
		return err
	}
	return s.other.announceEnd(ctx)
}

// wakeUp starts a daemon on the other machine. The sync does not bring its lock here.
func wakeUp(_ context.Context, s *stage) error {
	s.other.lock()
	return s.other.announceDaemon()
}

// end makes the other Lockbar announce that no daemon runs there.
func end(ctx context.Context, s *stage) error { return s.other.announceEnd(ctx) }

// copyAppears adds a conflict copy with the name that iCloud Drive gives it.
func copyAppears(_ context.Context, s *stage) error {
	return os.WriteFile(s.copyPath(), s.other.lock(), 0o600)
}

func (s *stage) copyPath() string { return s.store.LockPath() + " 2" }

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
