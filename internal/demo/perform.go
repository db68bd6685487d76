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

// This file makes each act reach its state, whatever the user clicks before it or at the same time: the menu of the demo is real.

// step is the way in which an act begins.
type step uint8

const (
	setScene step = iota // the store is not in a state that the act needs
	doIt
	doneAlready
)

// plan decides how an act begins, given the state of the store. On a retry it never does the act without setting the scene,
// because the state alone was misleading.
func plan(a *act, now lockcore.State, retry bool) step {
	switch {
	case a.mine && now == a.want:
		return doneAlready
	case !retry && slices.Contains(a.from, now):
		return doIt
	}
	return setScene
}

// tries bounds the attempts of an act. If all fail, clicks undo the act each time, another program keeps the lock busy, or the system
// returns an error.
const tries = 3

// perform plays the last of these acts. The earlier ones set its scene, if necessary.
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

// try attempts the last of these acts, and reports whether its state was reached.
func (s *stage) try(ctx context.Context, acts []act, retry bool) (bool, error) {
	a, before := &acts[len(acts)-1], acts[:len(acts)-1]
	switch plan(a, s.look(ctx).State, retry) {
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

// setScene brings the store into its state after these acts: it empties the store, and repeats the acts after the last one that left
// the store empty.
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

// sinceEmpty returns the index of the first act after the last one that left no lock.
func sinceEmpty(acts []act) int {
	n := len(acts)
	for n > 0 && acts[n-1].want != lockcore.Unlocked {
		n--
	}
	return n
}

// refused reports whether lockcore refused an operation, as it does after a click changed the lock.
func refused(err error) bool {
	return slices.ContainsFunc([]error{
		lockcore.ErrHeld, lockcore.ErrChanged, lockcore.ErrOccupied, lockcore.ErrSuperseded, lockcore.ErrUnreadable, lockcore.ErrAside,
		lockcore.ErrNoBackup, lockcore.ErrGuardBusy, errNotTaken,
	}, func(cause error) bool { return errors.Is(err, cause) })
}

func (s *stage) look(ctx context.Context) lockcore.Snapshot {
	return s.store.Inspect(ctx, lockcore.Memory{})
}

// patience bounds the wait until the watcher sees a state. It is much longer than the watcher needs, so a timeout is a bug.
const patience = 20 * time.Second

// await waits until the watcher has seen the state that the act wants. It returns false as soon as the store itself is in another state.
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
