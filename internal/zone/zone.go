// Package zone converts times to the system's current time zone. Go reads the zone only once in a process, so on a laptop that travels, a
// running Lockbar would keep showing the times of the place where it was started. The package does not change time.Local, which other
// goroutines read.
package zone

import "time"

// Of returns t, which must be in time.Local, in the system's current zone. That is time.Local until the zone changes, and outside of
// Windows always if TZ is set. After a change Of drops the monotonic clock reading, as time.Time.In does, and only the wall clock is left.
// It costs a system call or two. Any goroutine may call it.
func Of(t time.Time) time.Time { return in(t, here()) }

func in(t time.Time, here *time.Location) time.Time {
	if here != time.Local {
		return t.In(here)
	}
	return t
}
