package words

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"lockbar/lockcore"
)

const (
	// justNow is the age below which ageText gives no number, since the number would change too often to be read.
	justNow = 10 * time.Second
	day     = 24 * time.Hour
	// clockSkew bounds how far ahead another computer's clock may be before a text mentions it.
	clockSkew = time.Minute
)

// ageText returns a duration in words, rounded down to one unit.
func ageText(d time.Duration) string {
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

// Clock returns the time t for a reader at now, in now's time zone. It includes the day or the year only if it differs from now's.
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

// Taken returns when a lock was taken and how long ago: "09:14, 3 h", "an unknown time", or "12:15 by a clock that is ahead".
func Taken(r lockcore.Record, now time.Time) string {
	return taken(r, now, func(d time.Duration) string { return ", " + ageText(d) })
}

// Since returns Taken for the middle of a line: "since 09:14, 3 h".
func Since(r lockcore.Record, now time.Time) string { return "since " + Taken(r, now) }

// SinceInMenu returns Since without seconds, for a text that is shown for a while and must stay true. Unless somebody looks now, it leaves
// out an age below an hour: "since 09:14", later "since 09:14, 3 h".
func SinceInMenu(r lockcore.Record, now time.Time, looks bool) string {
	return "since " + taken(r, now, func(d time.Duration) string {
		switch {
		case d < time.Hour && !looks:
			return ""
		case d < time.Minute:
			return ", just now"
		}
		return ", " + ageText(d)
	})
}

// sinceInSentence returns Since without a comma, for a sentence that has commas of its own: "since 09:14 (3 h)".
func sinceInSentence(r lockcore.Record, now time.Time) string {
	return "since " + taken(r, now, func(d time.Duration) string { return " (" + ageText(d) + ")" })
}

// sinceClock returns Since without the age, for a text that must stay true while time passes: "since 09:14".
func sinceClock(r lockcore.Record, now time.Time) string {
	return "since " + taken(r, now, func(time.Duration) string { return "" })
}

// taken returns when a lock was taken, followed by its age as formatted by age.
func taken(r lockcore.Record, now time.Time, age func(time.Duration) string) string {
	t, known := r.Started()
	switch {
	case !known:
		return "an unknown time"
	case t.Sub(now) > clockSkew:
		return Clock(t, now) + " by a clock that is ahead"
	}
	return Clock(t, now) + age(now.Sub(t))
}

// Host returns the record's host name for display, without the domain that macOS adds to it on a local network.
func Host(r lockcore.Record) string {
	if r.Hostname == "" {
		return "an unknown host"
	}
	name := strings.TrimSuffix(r.Hostname, ".")
	if short := len(name) - len(localDomain); short > 0 && strings.EqualFold(name[short:], localDomain) {
		name = name[:short]
	}
	return Clean(cmp.Or(name, r.Hostname))
}

// HostAmong returns Host, or the whole name if Host would be the same for another machine among others.
func HostAmong(r lockcore.Record, others ...string) string {
	for _, other := range others {
		if !lockcore.SameHost(other, r.Hostname) && strings.EqualFold(Host(lockcore.Record{Hostname: other}), Host(r)) {
			return Clean(r.Hostname)
		}
	}
	return Host(r)
}

// localDomain is the domain of multicast DNS (RFC 6762), which does not identify a machine.
const localDomain = ".local"

// shortRunes limits a host's name in a line of a menu. Clean leaves up to maxRunes characters, and a line has room for two short names.
const shortRunes = 20

// ShortHost returns Host for a line of a menu. It cuts the middle of a long name, since names in one network differ at the ends.
func ShortHost(r lockcore.Record) string { return shortName(Host(r)) }

func shortName(name string) string { return CutMiddle(name, shortRunes) }

// LockOf returns the name of a lock for the middle of a sentence.
func LockOf(r lockcore.Record) string {
	if r.IsZero() {
		return "a corrupt lock"
	}
	return "the lock of " + Host(r)
}
