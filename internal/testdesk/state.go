//go:build linux

package testdesk

import (
	"context"
	"fmt"
	"sync"
)

// state guards what the fakes have seen and wakes those who wait for more.
// The waking carries no facts: whoever wakes looks again.
type state struct {
	mu      sync.Mutex
	changed chan struct{}
}

// read runs f while nothing changes.
func (s *state) read(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// update runs f, which changes something, and wakes all who wait.
func (s *state) update(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// next returns a channel that the next update closes. The caller holds mu.
func (s *state) next() <-chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

// await looks until ok accepts what it sees. look runs under the lock and must
// return a copy; ok runs outside, so that a test's predicate may ask the fake
// whatever it likes.
func await[T any](ctx context.Context, s *state, look func() T, ok func(T) bool) (T, error) {
	for {
		var seen T
		var changed <-chan struct{}
		s.read(func() { seen, changed = look(), s.next() })
		if ok(seen) {
			return seen, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return seen, fmt.Errorf("%w; last seen: %v", context.Cause(ctx), seen)
		}
	}
}
