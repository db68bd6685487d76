package watch

import "time"

const (
	// Above floodEvents in floodTime, events cost more than twice as much as polling every BlindInterval: a single event takes
	// 0.13 ms of CPU time and three context switches, a look 0.4 ms.
	floodEvents = 100
	floodTime   = time.Minute
	// floodPause is how long a busy directory stays unwatched. A retry costs little compared with the looks in that time.
	floodPause = 5 * time.Minute
)

// flood decides when a directory above a store is only polled, no longer watched, because it has too many events that concern no store.
type flood struct {
	phase floodPhase
	since time.Time // when the phase began or, while the directory is watched, when the count began
	count int
}

type floodPhase int

const (
	calm      floodPhase = iota
	unwatched            // only polled
	probation            // watched again, but not yet known to be calm
)

// event counts an event, and reports whether it ends the watch of the directory.
func (f *flood) event(now time.Time) bool {
	if f.expire(now); f.phase == unwatched {
		return false // the event came before the watch ended
	}
	if f.count == 0 || now.Sub(f.since) >= floodTime {
		f.since, f.count = now, 0
	}
	if f.count++; f.count <= floodEvents {
		return false
	}
	*f = flood{phase: unwatched, since: now}
	return true
}

// expire ends a phase whose time is over.
func (f *flood) expire(now time.Time) {
	switch lasted := now.Sub(f.since); {
	case f.phase == unwatched && lasted >= floodPause:
		*f = flood{phase: probation, since: now}
	case f.phase == probation && lasted >= floodTime:
		*f = flood{}
	}
}
