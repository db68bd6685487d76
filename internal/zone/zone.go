// Package zone tells the time zone of the person at the keyboard now. Go reads the zone once for each process; a laptop that travels
// would show the times of the place where its Lockbar was started. The package changes nothing: time.Local stays what it was, since
// other goroutines read it.
package zone

import "time"

// Of returns the same moment in the zone of now. As time.Time.In does, it drops the monotonic clock reading, unless the zone is still
// the one of the start: it is for times that are shown.
func Of(t time.Time) time.Time { return in(t, Here()) }

func in(t time.Time, here *time.Location) time.Time {
	if here != time.Local {
		return t.In(here)
	}
	return t
}

// Here returns the zone of now: time.Local until it is known to be another. It costs a system call or two, and is for any goroutine.
func Here() *time.Location { return here() }
