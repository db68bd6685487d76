package demo

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// stage plays the story. One goroutine plays both machines; the watcher's goroutine shows events and passes on changes.
type stage struct {
	config   Config
	store    *lockcore.Store
	stateDir string
	host     string
	holder   *holder            // the process that holds the lock here, if there is one
	speaker  lockcore.Announcer // decides what this machine announces, if there is no tray
	due      <-chan time.Time   // when to ask speaker again; nil: with the next change
	other    other
	now      *watch.Change // the watcher's last change
	seen     chan *watch.Change
}

// show plays the acts while the watcher runs, and the tray if there is one.
func (s *stage) show(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.config.Say(s.opening())
	var others sync.WaitGroup
	defer others.Wait()
	others.Go(func() {
		if err := s.watch(ctx); err != nil {
			cancel(err)
		}
	})
	if s.config.Tray == nil {
		defer cancel(nil)
		return s.play(ctx, acts)
	}
	played := make(chan error, 1)
	go func() {
		played <- s.play(ctx, acts)
		cancel(nil)
	}()
	err := s.config.Tray(ctx, s.store, s.stateDir) // on this goroutine: macOS draws only on the main thread
	cancel(err)
	playErr := <-played
	if err != nil {
		return err // the tray's error ended the story
	}
	return playErr
}

// opening returns the introduction: the story, how long it takes, and how to end it.
func (s *stage) opening() string {
	where := "No desktop here shows icons, so this terminal tells what the icon would show. Ctrl-C ends it."
	if s.config.Tray != nil {
		where = "Look at the padlock, and click what you like in its menu. Ctrl-C here, or Quit Lockbar there, ends it."
	}
	return fmt.Sprintf("Lockbar's demo: two computers that share a store, with takeovers, crashes and a conflict, in %s.\n"+
		"Your own store is not touched. "+
		"The demo plays in a store of its own, which is thrown away afterwards: %s\n%s", about(length(acts, s.config.Pace)), s.store.Dir(), where)
}

// length returns the sum of all pauses.
func length(acts []act, pace float64) (all time.Duration) {
	for i := range acts {
		all += acts[i].pause(pace)
	}
	return all
}

// about returns a duration in words, rounded.
func about(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return "a few seconds"
	case d < 50*time.Second:
		return fmt.Sprintf("about %d seconds", int(d.Round(10*time.Second).Seconds()))
	case d < 75*time.Second:
		return "about a minute"
	case d < 105*time.Second:
		return "about a minute and a half"
	}
	return fmt.Sprintf("about %d minutes", int(d.Round(time.Minute).Minutes()))
}

// watch shows every event, and passes each change to the story.
func (s *stage) watch(ctx context.Context) error {
	return watch.Run(ctx, watch.Config{Stores: []*lockcore.Store{s.store}, Emit: func(c watch.Change) {
		if c.Event != watch.NoEvent {
			s.config.Event(c)
		}
		select {
		case s.seen <- &c:
		case <-ctx.Done():
		}
	}})
}

// play plays the acts: it tells each one, performs it, waits until the watcher has seen it, and pauses.
func (s *stage) play(ctx context.Context, acts []act) error {
	for i := range acts {
		a := &acts[i]
		s.config.Say(s.narration(a))
		if err := s.perform(ctx, acts[:i+1]); err != nil {
			return err
		}
		if err := s.linger(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// answerTime bounds the wait for our own announcement. It is written within two seconds, unless the user has switched Tell Other Computers
// off.
const answerTime = 10 * time.Second

// linger pauses, so that people can read. If the act needs it, it first waits until the other machine has our announcement.
func (s *stage) linger(ctx context.Context, a *act) error {
	if a.both {
		heard, err := s.attend(ctx, answerTime, func() bool { return s.other.hears(ctx) })
		if err != nil {
			return err
		}
		if !heard {
			s.config.Say("Your Lockbar announces nothing, so the other computer shows no alarm. Is Tell Other Computers off?")
		}
	}
	_, err := s.attend(ctx, a.pause(s.config.Pace), func() bool { return false })
	return err
}

// pause returns the time to read after an act.
func (a *act) pause(pace float64) time.Duration {
	length := pause
	if a.long {
		length = longPause
	}
	return time.Duration(float64(length) * pace)
}

// recheck is the interval at which attend calls over even without a change: a click may undo an act before the watcher has seen it.
const recheck = 250 * time.Millisecond

// attend receives the watcher's changes until over returns true or the time has passed, and reports whether over returned true. Between
// acts the story is always in attend, since the watcher waits until each of its changes is received.
func (s *stage) attend(ctx context.Context, length time.Duration, over func() bool) (bool, error) {
	timeout, ticker := time.After(length), time.NewTicker(recheck)
	defer ticker.Stop()
	for !over() {
		select {
		case s.now = <-s.seen:
			s.speak()
		case <-s.due:
			s.speak()
		case <-ticker.C:
		case <-timeout:
			return false, nil
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
	return true, nil
}

// speak announces in the store what runs on this machine, unless a tray announces it. It ignores a failed write, as when the user has
// deleted the store: the next announcement follows when the facts change.
func (s *stage) speak() {
	if s.due = nil; s.config.Tray != nil {
		return
	}
	a, due, ok := s.speaker.Next(s.now.To, s.now.Memory, time.Now())
	switch {
	case ok:
		_ = s.store.Announce(a)
	case !due.IsZero():
		s.due = time.After(time.Until(due))
	}
}

// clear ends the holder, and removes the other machine's announcement, and whatever is in the place of the lock and its conflict copy.
func (s *stage) clear() {
	s.dismiss((*holder).kill)
	_ = s.other.store.Retract(thereID)
	_ = os.RemoveAll(s.store.LockPath())
	_ = os.RemoveAll(s.copyPath())
}
