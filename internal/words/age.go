package words

import (
	"cmp"
	"fmt"
	"strings"
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

// Minutes is Age without seconds.
func Minutes(d time.Duration) string {
	if d < time.Minute {
		return "just now"
	}
	return Age(d)
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
func Taken(r lockcore.Record, now time.Time) string {
	return taken(r, now, func(d time.Duration) string { return ", " + Age(d) })
}

// Since is Taken in the middle of a line: "since 09:14, 3 h".
func Since(r lockcore.Record, now time.Time) string { return "since " + Taken(r, now) }

// SinceMinutes is Since for somebody who looks now, in minutes at the finest: "since 09:14, 2 min".
func SinceMinutes(r lockcore.Record, now time.Time) string {
	return "since " + taken(r, now, func(d time.Duration) string { return ", " + Minutes(d) })
}

// SinceHours is Since for a text that stays for a while and is still true then. It leaves out the age of the first hour:
// "since 09:14", then "since 09:14, 3 h".
func SinceHours(r lockcore.Record, now time.Time) string {
	return "since " + taken(r, now, func(d time.Duration) string {
		if d < time.Hour {
			return ""
		}
		return ", " + Age(d)
	})
}

// sinceInSentence keeps the comma out of a sentence that has its own: "since 09:14 (3 h)".
func sinceInSentence(r lockcore.Record, now time.Time) string {
	return "since " + taken(r, now, func(d time.Duration) string { return " (" + Age(d) + ")" })
}

// sinceClock is Since without the age, for a text that stays while time passes: "since 09:14".
func sinceClock(r lockcore.Record, now time.Time) string {
	return "since " + taken(r, now, func(time.Duration) string { return "" })
}

// taken says when a lock was taken, followed by what age says of its age.
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

// Host returns the record's host name, fit to be shown: without the domain that macOS adds to it on a local network.
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

// HostAmong returns Host, or the whole name where one of the other hosts, which is another machine, would be called the same.
func HostAmong(r lockcore.Record, others ...string) string {
	for _, other := range others {
		if !lockcore.SameHost(other, r.Hostname) && strings.EqualFold(Host(lockcore.Record{Hostname: other}), Host(r)) {
			return Clean(r.Hostname)
		}
	}
	return Host(r)
}

// localDomain is that of multicast DNS (RFC 6762), which says nothing about a machine.
const localDomain = ".local"

// shortRunes is how much of a host's name a line of a menu shows. Names have up to 63 characters, and a line has room for two names.
const shortRunes = 20

// ShortHost returns Host for a line of a menu: of a long name the beginning and the end, since names in one network differ there.
func ShortHost(r lockcore.Record) string { return shortName(Host(r)) }

func shortName(name string) string { return CutMiddle(name, shortRunes) }

// LockOf names a lock in the middle of a sentence.
func LockOf(r lockcore.Record) string {
	if r.IsZero() {
		return "a corrupt lock"
	}
	return "the lock of " + Host(r)
}
