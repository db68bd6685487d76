//go:build linux

package testdesk

import (
	"context"
	"fmt"
	"sync"
)

// state guards the fields of a fake and wakes its waiters. A wake-up carries no
// value: each waiter reads the fields again.
type state struct {
	mu      sync.Mutex
	changed chan struct{}
}

// read runs f under the lock.
func (s *state) read(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// update runs f under the lock and wakes all waiters.
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

// await calls get until ok accepts its result. get runs under the lock and must
// return a copy; ok runs without the lock, so that it may use the fake.
func await[T any](ctx context.Context, s *state, get func() T, ok func(T) bool) (T, error) {
	for {
		var seen T
		var changed <-chan struct{}
		s.read(func() { seen, changed = get(), s.next() })
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

func isTrue(b bool) bool { return b }
