package page

import (
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

const us = "mac-a"

// clock returns a time of the test's day.
func clock(hour, minute int) time.Time { return time.Date(2026, 11, 22, hour, minute, 0, 0, time.UTC) }

// lock returns a look at a lock of that host, taken at that time; without a host there is no lock.
func lock(state lockcore.State, reason lockcore.Reason, host string, taken time.Time) lockcore.Snapshot {
	s := lockcore.Snapshot{Store: "/s", Lock: "/s/.locked", Host: us, State: state, Reason: reason}
	if host != "" {
		s.Record = lockcore.NewRecord(7, host, taken)
		s.Token = lockcore.Token("sha256:" + host + taken.String())
	}
	return s
}

// broken returns a look at a lock with this content, which is not valid.
func broken(content lockcore.Token) lockcore.Snapshot {
	s := lock(lockcore.Corrupt, lockcore.NotJSON, "", time.Time{})
	s.Token = content
	return s
}

func free() lockcore.Snapshot { return lock(lockcore.Unlocked, "", "", time.Time{}) }
func here(taken time.Time) lockcore.Snapshot {
	return lock(lockcore.HeldHere, "", us, taken)
}
func mini(taken time.Time) lockcore.Snapshot {
	return lock(lockcore.HeldElsewhere, "", "mac-mini", taken)
}

// happened returns an event at the time at, which led from the look from, at the time looked, to the look to.
func happened(e watch.Event, from lockcore.Snapshot, looked time.Time, to lockcore.Snapshot, at time.Time) report.Line {
	return report.Line{Entry: report.NewEntry(e, report.NewStatus(from, looked), report.NewStatus(to, at))}
}

func TestSpans(t *testing.T) {
	took := happened(watch.Acquired, free(), clock(8, 0), here(clock(9, 0)), clock(9, 0))
	end := happened(watch.Released, here(clock(9, 0)), clock(9, 0), free(), clock(10, 0))
	for _, test := range []struct {
		name   string
		events []report.Line
		look   lockcore.Snapshot
		want   string
	}{
		{"nothing", nil, free(), ""},
		{"held until now", []report.Line{took}, here(clock(9, 0)), "08:00 unlocked seen, 09:00 held-here seen, 20:00"},
		{"another lock now", []report.Line{took}, free(), "08:00 unlocked seen, 09:00 held-here seen, 09:00 unwatched, 20:00"},
		{"no look now", []report.Line{took}, lockcore.Snapshot{}, "08:00 unlocked seen, 09:00 held-here seen, 09:00 unwatched, 20:00"},
		{"out of order", []report.Line{end, took}, free(), "08:00 unlocked seen, 09:00 held-here seen, 10:00 unlocked seen, 20:00"},
		{"a command found another lock than was seen last",
			[]report.Line{took, happened(watch.WasRemoved, mini(clock(7, 0)), clock(15, 0), free(), clock(16, 0))}, free(),
			"08:00 unlocked seen, 09:00 held-here seen, 09:00 unwatched, 15:00 held-elsewhere seen, 16:00 unlocked seen, 20:00"},
		{"the look before is older than the event before",
			[]report.Line{took, happened(watch.Released, mini(clock(7, 0)), clock(8, 0), free(), clock(16, 0))}, free(),
			"08:00 unlocked seen, 09:00 held-here seen, 09:00 unwatched, 16:00 unlocked seen, 20:00"},
		{"the first look of a process that knows nothing",
			[]report.Line{took, happened(watch.Initial, lockcore.Snapshot{}, time.Time{}, here(clock(9, 0)), clock(16, 0))}, here(clock(9, 0)),
			"08:00 unlocked seen, 09:00 held-here seen, 09:00 unwatched, 16:00 held-here seen, 20:00"},
		{"a takeover found late",
			[]report.Line{took, happened(watch.TakenOver, here(clock(9, 0)), clock(9, 0), mini(clock(11, 0)), clock(16, 0))}, mini(clock(11, 0)),
			"08:00 unlocked seen, 09:00 held-here seen, 11:00 held-elsewhere inferred, 16:00 held-elsewhere seen, 20:00"},
		{"a takeover found two minutes late",
			[]report.Line{took, happened(watch.TakenOver, here(clock(9, 0)), clock(9, 0), mini(clock(15, 58)), clock(16, 0))}, mini(clock(15, 58)),
			"08:00 unlocked seen, 09:00 held-here seen, 15:58 held-elsewhere inferred, 16:00 held-elsewhere seen, 20:00"},
		{"a takeover found within the minute",
			[]report.Line{took, happened(watch.TakenOver, here(clock(9, 0)), clock(9, 0), mini(clock(15, 59)), clock(16, 0))}, mini(clock(15, 59)),
			"08:00 unlocked seen, 09:00 held-here seen, 16:00 held-elsewhere seen, 20:00"},
		{"the content of a corrupt lock changed, which is no event",
			[]report.Line{happened(watch.Corrupted, free(), clock(8, 0), broken("one"), clock(9, 0)),
				happened(watch.Released, broken("two"), clock(9, 0), free(), clock(10, 0))}, free(),
			"08:00 unlocked seen, 09:00 corrupt seen, 10:00 unlocked seen, 20:00"},
		{"a takeover by a clock that lags",
			[]report.Line{took, happened(watch.TakenOver, here(clock(9, 0)), clock(9, 0), mini(clock(8, 0)), clock(16, 0))}, mini(clock(8, 0)),
			"08:00 unlocked seen, 09:00 held-here seen, 16:00 held-elsewhere seen, 20:00"},
	} {
		spans := spansOf(eventsOf(test.events), &test.look, momentOf(clock(20, 0)))
		if got := written(spans); got != test.want {
			t.Errorf("%s:\n%s, want\n%s", test.name, got, test.want)
		}
		for i := 1; i < len(spans); i++ {
			if spans[i].from != spans[i-1].to {
				t.Errorf("%s: gap before span %d", test.name, i)
			}
		}
	}
}

func written(spans []*span) (text string) {
	if len(spans) == 0 {
		return ""
	}
	for _, s := range spans {
		text += s.from.in(time.UTC).Format("15:04 ")
		if s.sight != unwatched {
			text += s.look.State.String() + " "
		}
		text += map[sight]string{unwatched: "unwatched, ", inferred: "inferred, ", seen: "seen, "}[s.sight]
	}
	text += spans[len(spans)-1].to.in(time.UTC).Format("15:04")
	return text
}

// TestUntil checks that events dated later than now are not drawn.
func TestUntil(t *testing.T) {
	events := []*event{{at: 1}, {at: 5}, {at: 9}}
	for now, want := range map[moment]int{0: 0, 1: 1, 8: 2, 9: 3} {
		if got := until(now, events); len(got) != want {
			t.Errorf("until %d: %d events, want %d", now, len(got), want)
		}
	}
}
