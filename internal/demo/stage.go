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
	other    *other
	holder   *holder           // the process that holds the lock here, if there is one
	now      lockcore.Snapshot // what the watcher saw last
	seen     chan lockcore.Snapshot
}

// show plays the acts beside the watcher, and beside the tray where there is one.
func (s *stage) show(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.config.Say(s.opening())
	var others sync.WaitGroup
	defer others.Wait()
	changes := make(chan watch.Change)
	others.Go(func() { cancelOn(cancel, s.watch(ctx, changes)) })
	if s.config.Tray == nil {
		others.Go(func() { s.speak(ctx, changes) })
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
		where = "Look at the icon in the panel, and click what you like in its menu. Ctrl-C here, or Quit Lockbar there, ends it."
	}
	return fmt.Sprintf("Lockbar's demo: two computers that share a store, with takeovers, crashes and a conflict, in %s.\n"+
		"Your own store is not touched. "+
		"The demo plays in a store of its own, which is thrown away afterwards: %s\n%s", about(length(acts, s.config.Pace)), s.store.Dir(), where)
}

// length is how long the pauses are.
func length(acts []act, pace float64) (all time.Duration) {
	for _, a := range acts {
		all += a.pause(pace)
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

// watch shows every event, and gives each look to the story, and to speak where that runs.
func (s *stage) watch(ctx context.Context, changes chan<- watch.Change) error {
	return watch.Run(ctx, watch.Config{Stores: []*lockcore.Store{s.store}, Emit: func(c watch.Change) {
		if c.Event != watch.NoEvent {
			s.config.Event(c)
		}
		if s.config.Tray == nil {
			give(ctx, changes, c)
		}
		give(ctx, s.seen, c.To)
	}})
}

// give sends a value, unless the story ends before it is taken.
func give[T any](ctx context.Context, to chan<- T, value T) {
	select {
	case to <- value:
	case <-ctx.Done():
	}
}

// play goes through the acts: say it, do it, wait until the watcher saw it, pause.
func (s *stage) play(ctx context.Context, acts []act) error {
	for i, a := range acts {
		s.config.Say(s.told(a))
		if err := s.perform(ctx, acts[:i+1]); err != nil {
			return err
		}
		if a.both {
			if err := s.awaitAnswer(ctx); err != nil {
				return err
			}
		}
		if err := s.wait(ctx, a.pause(s.config.Pace)); err != nil {
			return err
		}
	}
	return nil
}

// pause is how long people have to read.
func (a act) pause(pace float64) time.Duration {
	length := pause
	if a.long {
		length = longPause
	}
	return time.Duration(float64(length) * pace)
}

// wait lets people read. What the watcher sees meanwhile is taken, so that it never waits for us.
func (s *stage) wait(ctx context.Context, length time.Duration) error {
	over := time.After(length)
	for {
		select {
		case now := <-s.seen:
			s.see(now)
		case <-over:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// clear ends what the story left running, and takes away what it and the user left in the store.
func (s *stage) clear() {
	s.dismiss((*holder).kill)
	s.other.retract()
	_ = os.RemoveAll(s.store.LockPath())
	_ = os.RemoveAll(s.copyPath())
}
