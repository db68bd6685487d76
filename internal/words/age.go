package words

import (
	"fmt"
	"time"

	"lockbar/lockcore"
)

const (
	// justNow is the age below which a number would only flicker.
	justNow = 10 * time.Second
	day     = 24 * time.Hour
	// clockSkew is how far ahead another computer's clock may be before we say so.
	clockSkew = time.Minute
)

// Age says how long something lasts, rounded down to one unit.
func Age(d time.Duration) string {
	switch {
	case d < justNow:
		return "just now"
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 2*day:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/day)
}

// Clock writes the time t for a reader at now, in now's time zone: with the day or the year only where that is another one.
func Clock(t, now time.Time) string {
	t = t.In(now.Location())
	switch {
	case t.Year() != now.Year():
		return t.Format("2 Jan 2006 15:04")
	case t.YearDay() != now.YearDay():
		return t.Format("2 Jan 15:04")
	}
	return t.Format("15:04")
}

// Taken says when a lock was taken and how long ago: "09:14, 3 h". A time that cannot be read is said to be unknown.
func Taken(r lockcore.Record, now time.Time) string { return taken(r, now, ", %s", Age) }

// Since is Taken in the middle of a line: "since 09:14, 3 h".
func Since(r lockcore.Record, now time.Time) string { return "since " + Taken(r, now) }

// sinceInSentence keeps the comma out of a sentence that has its own: "since 09:14 (3 h)".
func sinceInSentence(r lockcore.Record, now time.Time) string {
	return "since " + taken(r, now, " (%s)", Age)
}

func taken(r lockcore.Record, now time.Time, format string, age func(time.Duration) string) string {
	t, known := r.Started()
	switch {
	case !known:
		return "an unknown time"
	case t.Sub(now) > clockSkew:
		return Clock(t, now) + " by a clock that is ahead"
	}
	return Clock(t, now) + fmt.Sprintf(format, age(now.Sub(t)))
}

// Host returns the record's host name, fit to be shown.
func Host(r lockcore.Record) string {
	if r.Hostname == "" {
		return "an unknown host"
	}
	return Clean(r.Hostname)
}

// LockOf names a lock in the middle of a sentence.
func LockOf(r lockcore.Record) string {
	if r.IsZero() {
		return "a lock that no daemon wrote"
	}
	return "the lock of " + Host(r)
}
