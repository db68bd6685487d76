package page

import (
	"time"

	"lockbar/internal/report"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// sign is what stands over a lane at a moment. Each has a shape of its own (defs.svg).
type sign struct{ id, one, many string }

var (
	takeover = sign{"takeover", "takeover", "takeovers"}
	alarm    = sign{"alarm", "alarm", "alarms"}
	unlock   = sign{"unlock", "lock removed by hand", "locks removed by hand"}
	restore  = sign{"restore", "lock put back", "locks put back"}
	returned = sign{"returned", "lock that came back by itself", "locks that came back by themselves"}
)

// signs lists them as the legend does.
var signs = []sign{takeover, alarm, unlock, restore, returned}

// mark is an event in the picture. It is drawn over the lane to; a line leads there from the lane from.
type mark struct {
	at       time.Time
	sign     sign
	from, to int
	sentence string
}

// signsOf returns what an event is marked with: nothing for what the bars say by themselves.
func signsOf(e report.Entry) []sign {
	var list []sign
	switch e.Event {
	case watch.TakenOver:
		list = append(list, takeover)
	case watch.Acquired:
		if e.From != nil && e.From.State == lockcore.HeldElsewhere {
			list = append(list, takeover)
		}
	case watch.WasRemoved:
		list = append(list, unlock)
	case watch.WasRestored:
		list = append(list, restore)
	case watch.Resurrected:
		list = append(list, returned)
	}
	if alarming(e) {
		list = append(list, alarm)
	}
	return list
}

// alarming reports whether a state began that somebody should look after.
func alarming(e report.Entry) bool {
	if e.From != nil && e.From.State == e.To.State {
		return false
	}
	switch e.To.State {
	case lockcore.Contested, lockcore.Corrupt, lockcore.Stale:
		return true
	}
	return false
}

// marksOf returns the marks of the events, which have an order.
func marksOf(events []report.Line, r *roster) []mark {
	var marks []mark
	for _, e := range events {
		from, to := e.From.Snapshot(), e.To.Snapshot()
		for _, s := range signsOf(e.Entry) {
			m := mark{e.Time(), s, r.lane(to), r.lane(to), e.Sentence()}
			switch {
			case s == takeover:
				m.from = r.lane(from)
			case s == unlock:
				m.from, m.to = r.lane(from), r.lane(from)
			case s == alarm && to.State == lockcore.Contested:
				m.to = r.claims(to)[0].lane
				m.from = m.to
			}
			marks = append(marks, m)
		}
	}
	return marks
}
