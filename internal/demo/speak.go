package demo

import (
	"context"
	"time"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// speak says in the store what runs on this machine, as a tray does. A file that could not be written is not
// tried again before something changes: the user has deleted the store then.
func (s *stage) speak(ctx context.Context, changes <-chan watch.Change) {
	v := lockcore.Speaker{Machine: hereID, Version: s.config.Version}
	var last watch.Change
	var again <-chan time.Time
	for {
		select {
		case last = <-changes:
		case <-again:
		case <-ctx.Done():
			return
		}
		again = nil
		now := time.Now()
		a, due, ok := v.Speak(last.To, last.Memory, now)
		switch {
		case ok:
			_ = s.store.Announce(a)
		case !due.IsZero():
			again = time.After(due.Sub(now))
		}
	}
}

// see takes in a look. The other machine reads the same files.
func (s *stage) see(now lockcore.Snapshot) {
	s.now = now
	own, _ := now.Peers.Own()
	s.other.answer(own.Daemon)
}

// answerTime is how long the story waits for our word. It is there at once, or a second later if it is the second one, unless the user
// has switched Tell Other Computers off.
const answerTime = 10 * time.Second

// awaitAnswer waits until the other machine has heard that our daemon runs.
func (s *stage) awaitAnswer(ctx context.Context) error {
	late := time.After(answerTime)
	for !s.other.hears(ctx) {
		select {
		case now := <-s.seen:
			s.see(now)
		case <-late:
			s.config.Say("Your Lockbar says nothing to " + s.other.host + ", so it does not ring there: is Tell Other Computers off?")
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
