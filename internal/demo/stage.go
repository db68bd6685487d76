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

// stage is where the story is played. One goroutine plays, also the other machine; the watcher's only hands over what it saw.
type stage struct {
	config   Config
	store    *lockcore.Store
	stateDir string
	host     string
	holder   *holder            // the process that holds the lock here, if there is one
	speaker  lockcore.Announcer // what this machine says, where there is no tray
	due      <-chan time.Time   // when it is asked again; nil: with the next look
	other    other
	now      *watch.Change // what the watcher saw last
	seen     chan *watch.Change
}

// show plays the acts beside the watcher, and beside the tray where there is one.
func (s *stage) show(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.config.Say(s.opening())
	var others sync.WaitGroup
	defer others.Wait()
	others.Go(func() { cancelOn(cancel, s.watch(ctx)) })
	if s.config.Tray == nil {
		defer cancel(nil)
		return s.play(ctx, acts)
	}
	played := make(chan error, 1)
	go func() {
		played <- s.play(ctx, acts)
		cancel(nil)
	}()
	err := s.config.Tray(ctx, s.store, s.stateDir) // here: macOS draws on the main thread alone
	cancel(err)
	story := <-played
	if err != nil {
		return err // the story was called off for it
	}
	return story
}

func cancelOn(cancel context.CancelCauseFunc, err error) {
	if err != nil {
		cancel(err)
	}
}

// opening says what will happen, how long it takes, and how it ends.
func (s *stage) opening() string {
	where := "There is no desktop session here, so this terminal tells what the icon would show. Ctrl-C ends it."
	if s.config.Tray != nil {
		where = "Look at the padlock, and click what you like in its menu. Ctrl-C here, or Quit Lockbar there, ends it."
	}
	return fmt.Sprintf("Lockbar's demo: two computers that share a store, with takeovers, crashes and a conflict, in %s.\n"+
		"Your own store is not touched. "+
		"The demo plays in a store of its own, which is thrown away afterwards: %s\n%s", about(length(acts, s.config.Pace)), s.store.Dir(), where)
}

// length is how long the pauses are.
func length(acts []act, pace float64) (all time.Duration) {
	for i := range acts {
		all += acts[i].pause(pace)
	}
	return all
}

// about says a duration as people do.
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

// watch shows every event, and gives each look to the story.
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

// play goes through the acts: say it, do it, wait until the watcher saw it, pause.
func (s *stage) play(ctx context.Context, acts []act) error {
	for i := range acts {
		a := &acts[i]
		s.config.Say(s.told(a))
		if err := s.perform(ctx, acts[:i+1]); err != nil {
			return err
		}
		if err := s.linger(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// answerTime is how long the story waits for our own word. It is there at once, or a second after the one before, unless the user has
// switched Tell Other Computers off.
const answerTime = 10 * time.Second

// linger lets people read. Before, the other machine hears what it must know for the story to be true.
func (s *stage) linger(ctx context.Context, a *act) error {
	if a.both {
		heard, err := s.attend(ctx, answerTime, func() bool { return s.other.hears(ctx) })
		if err != nil {
			return err
		}
		if !heard {
			s.config.Say("Yours says nothing, so it does not ring there: is Tell Other Computers off?")
		}
	}
	_, err := s.attend(ctx, a.pause(s.config.Pace), func() bool { return false })
	return err
}

// pause is how long people have to read.
func (a *act) pause(pace float64) time.Duration {
	length := pause
	if a.long {
		length = longPause
	}
	return time.Duration(float64(length) * pace)
}

// recheck is how soon it is noticed that a click has undone an act before the watcher saw it.
const recheck = 250 * time.Millisecond

// attend takes in what the watcher sees, so that it never waits for us, until over or for as long as that. It reports which.
func (s *stage) attend(ctx context.Context, length time.Duration, over func() bool) (bool, error) {
	late, again := time.After(length), time.NewTicker(recheck)
	defer again.Stop()
	for !over() {
		select {
		case s.now = <-s.seen:
			s.speak()
		case <-s.due:
			s.speak()
		case <-again.C:
		case <-late:
			return false, nil
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
	return true, nil
}

// speak says in the store what runs on this machine, where no tray does. A file that cannot be written is in a store that the user has
// deleted: it is not tried again before something changes.
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

// clear ends what the story left running, and takes away what it and the user left in the store, but for this machine's own word.
func (s *stage) clear() {
	s.dismiss((*holder).kill)
	_ = s.other.store.Retract(thereID)
	_ = os.RemoveAll(s.store.LockPath())
	_ = os.RemoveAll(s.copyPath())
}
