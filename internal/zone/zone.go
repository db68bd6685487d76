// Package zone returns the current time zone of the system. Go reads the zone once for each process; on a laptop that travels, a
// running Lockbar would keep showing times of the place where it was started. The package does not change time.Local, which other
// goroutines read.
package zone

import "time"

// Of returns the same moment in the current zone: time.Local unless another one is known. Like time.Time.In it drops the monotonic
// clock reading, unless the zone is still the one of the start; it is for times that are shown. It costs a system call or two. Any
// goroutine may call it.
func Of(t time.Time) time.Time { return in(t, here()) }

func in(t time.Time, here *time.Location) time.Time {
	if here != time.Local {
		return t.In(here)
	}
	return t
}
