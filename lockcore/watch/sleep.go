package watch

import "time"

// turn notes the time, and that the machine slept since the last turn, which was no longer ago than a poll.
func (l *loop) turn() {
	now := time.Now()
	wall := now.Round(0)
	if slept(wall.Sub(l.wall), now.Sub(l.now)) {
		l.woke = now
	}
	l.now, l.wall = now, wall
}

// sleepTime: a wall clock that ran so much further than the monotonic one says that the machine slept, or that the clock was
// set by as much, which nothing tells apart everywhere. On Windows both run on, so no sleep is noticed.
const sleepTime = 2 * time.Minute

// slept compares how far two clocks ran.
func slept(wall, monotonic time.Duration) bool { return wall-monotonic >= sleepTime }
