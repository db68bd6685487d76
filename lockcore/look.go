package lockcore

import "context"

// Look is Inspect without a deadline: it returns when the system answers, which on a dead mount is never. It is for a caller
// that keeps the time itself and calls it in a goroutine of its own: lockcore/watch, which so needs no second goroutine and
// no timer for each look.
func (s *Store) Look(m Memory) Snapshot {
	s.reading <- struct{}{}
	defer func() { <-s.reading }()
	return s.look(m)
}

// Overdue is what to show while a Look has not come back within ReadTimeout. It touches no file.
func (s *Store) Overdue() Snapshot { return s.timedOut(context.DeadlineExceeded) }
