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

// stage is where the story is played. One goroutine plays; the watcher's only hands over what it saw.
type stage struct {
	config      Config
	store       *lockcore.Store
	stateDir    string
	host, other string
	holder      *holder           // the process that holds the lock here, if there is one
	now         lockcore.Snapshot // what the watcher saw last
	seen        chan lockcore.Snapshot
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
		return s.play(ctx)
	}
	played := make(chan error, 1)
	go func() {
		played <- s.play(ctx)
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

func (s *stage) opening() string {
	where := "There is no desktop session here, so it is told in this terminal."
	if s.config.Tray != nil {
		where = "Look at the icon in the panel; this terminal tells along."
	}
	return fmt.Sprintf("A store of its own, thrown away afterwards: %s\n%s Ctrl-C ends it.", s.store.Dir(), where)
}

// watch shows every event, and gives each look to the story.
func (s *stage) watch(ctx context.Context) error {
	return watch.Run(ctx, watch.Config{Stores: []*lockcore.Store{s.store}, Emit: func(c watch.Change) {
		if c.Event != watch.NoEvent {
			s.config.Event(c)
		}
		select {
		case s.seen <- c.To:
		case <-ctx.Done():
		}
	}})
}

// play goes through the acts: say it, do it, wait until the watcher saw it, pause.
func (s *stage) play(ctx context.Context) error {
	for _, a := range acts {
		s.config.Say(a.say(s))
		if err := a.do(ctx, s); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		if err := s.await(ctx, a.want); err != nil {
			return err
		}
		if err := s.pause(ctx, a.long); err != nil {
			return err
		}
	}
	s.config.Say("That is all. The store and its processes are gone.")
	return nil
}

// await waits until the watcher has seen a state.
func (s *stage) await(ctx context.Context, want lockcore.State) error {
	late := time.After(patience)
	for {
		select {
		case now := <-s.seen:
			s.now = now
			if now.State == want {
				return nil
			}
		case <-late:
			return fmt.Errorf("demo: the store was not seen to be %v", want)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// pause lets people read. What the watcher sees meanwhile is taken, so that it never waits for us.
func (s *stage) pause(ctx context.Context, long bool) error {
	length := pause
	if long {
		length = longPause
	}
	over := time.After(time.Duration(float64(length) * s.config.Pace))
	for {
		select {
		case now := <-s.seen:
			s.now = now
		case <-over:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// clear ends what the story left running.
func (s *stage) clear() {
	if s.holder != nil {
		s.holder.kill()
	}
	_ = os.Remove(s.store.LockPath())
}
