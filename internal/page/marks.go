package page

import (
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// sign is the meaning of a mark above a lane. Each sign has a shape of its own (shapes.svg).
type sign uint8

const (
	takeover sign = iota
	alarm
	unlock
	restore
	returned
)

// signs has a row for each sign, in the order of the legend.
var signs = [...]struct{ id, one, many string }{
	takeover: {"takeover", "takeover", "takeovers"},
	alarm:    {"alarm", "alarm", "alarms"},
	unlock:   {"unlock", "lock removed by hand", "locks removed by hand"},
	restore:  {"restore", "lock put back", "locks put back"},
	returned: {"returned", "lock that came back by itself", "locks that came back by themselves"},
}

// mark is a sign of an event in the picture. It is drawn above the lane named by to. If from is another lane, a line may connect the two
// (drawLines).
type mark struct {
	at       moment
	sign     sign
	from, to int
	sentence string
}

// signsOf returns the signs of an event; none for an event that the bars alone show.
func signsOf(e *event) []sign {
	var list []sign
	switch e.Event {
	case watch.TakenOver:
		list = append(list, takeover)
	case watch.Acquired:
		if e.from.State == lockcore.HeldElsewhere {
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

// alarming reports whether the event began a state that needs attention.
func alarming(e *event) bool {
	if e.From != nil && e.From.State == e.To.State {
		return false
	}
	switch e.To.State {
	case lockcore.Contested, lockcore.Corrupt, lockcore.Stale:
		return true
	}
	return false
}

// marksOf returns the marks of an event.
func (r *roster) marksOf(e *event) []*mark {
	var marks []*mark
	for _, s := range signsOf(e) {
		m := &mark{e.at, s, r.lane(e.to), r.lane(e.to), e.Sentence()}
		switch {
		case s == takeover:
			m.from = r.lane(e.from)
		case s == unlock:
			m.from, m.to = r.lane(e.from), r.lane(e.from)
		case s == alarm && e.to.State == lockcore.Contested:
			m.to = r.claims(e.to)[0].lane
			m.from = m.to
		}
		marks = append(marks, m)
	}
	return marks
}
