package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"lockbar/lockcore"
)

// This file has each act reach its state whatever the user clicked before it or in its very moment: the menu of the demo is a real one.

// step is how an act begins.
type step uint8

const (
	setScene step = iota // the store is not as the act needs it
	doIt
	doneAlready
)

// plan decides how an act begins, by what the store is now. Where it was begun before, the state did not tell all.
func plan(a *act, now lockcore.State, again bool) step {
	switch {
	case a.mine && now == a.want:
		return doneAlready
	case !again && slices.Contains(a.from, now):
		return doIt
	}
	return setScene
}

// tries is how often an act is begun. One that fails so often is clicked away, or kept from the lock by another program.
const tries = 3

// perform plays the last of these acts.
func (s *stage) perform(ctx context.Context, acts []act) (err error) {
	for i := range tries {
		done := false
		if done, err = s.try(ctx, acts, i > 0); done || ctx.Err() != nil {
			return err
		}
	}
	if err != nil && !refused(err) {
		return fmt.Errorf("demo: %w", err)
	}
	s.config.Say("This did not work out. The story goes on without it.")
	return nil
}

// try begins the last of these acts, and reports whether its state was reached.
func (s *stage) try(ctx context.Context, acts []act, again bool) (bool, error) {
	a, before := &acts[len(acts)-1], acts[:len(acts)-1]
	switch plan(a, s.look(ctx).State, again) {
	case doneAlready:
		s.config.Say("You have done it already.")
		return s.await(ctx, a)
	case setScene:
		s.config.Say("The store has changed meanwhile, so the scene is set again.")
		if err := s.setScene(ctx, before); err != nil {
			return false, err
		}
	}
	if err := a.do(ctx, s); err != nil {
		return false, err
	}
	return s.await(ctx, a)
}

// setScene has the store as it is after these acts: it is emptied, and what came since it was last empty is done again.
func (s *stage) setScene(ctx context.Context, acts []act) error {
	s.clear()
	if err := os.MkdirAll(s.store.Dir(), 0o700); err != nil {
		return err
	}
	for i := sinceEmpty(acts); i < len(acts); i++ {
		if err := acts[i].do(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// sinceEmpty is the index of the first act after the last one that left no lock.
func sinceEmpty(acts []act) int {
	n := len(acts)
	for n > 0 && acts[n-1].want != lockcore.Unlocked {
		n--
	}
	return n
}

// refused reports whether lockcore said no, as it does where a click came first.
func refused(err error) bool {
	return slices.ContainsFunc([]error{
		lockcore.ErrHeld, lockcore.ErrChanged, lockcore.ErrOccupied, lockcore.ErrSuperseded, lockcore.ErrUnreadable, lockcore.ErrAside,
		lockcore.ErrNoBackup, lockcore.ErrGuardBusy, errNotTaken,
	}, func(cause error) bool { return errors.Is(err, cause) })
}

func (s *stage) look(ctx context.Context) lockcore.Snapshot {
	return s.store.Inspect(ctx, lockcore.Memory{})
}

// patience is how long a state may take to be seen before the story has failed. It is a fault then, never slowness: the watcher's poll is
// longer than any delay that it should have here.
const patience = 20 * time.Second

// await waits until the watcher has seen what an act leads to. It gives false if the store is in another state by now.
func (s *stage) await(ctx context.Context, a *act) (bool, error) {
	reached := false
	over, err := s.attend(ctx, patience, func() bool {
		now := s.look(ctx)
		reached = a.reached(&now)
		return !reached || a.reached(&s.now.To)
	})
	if err == nil && !over {
		err = fmt.Errorf("the store was not seen to be %v", a.want)
	}
	return over && reached, err
}
