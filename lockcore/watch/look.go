package watch

import (
	"time"

	"lockbar/lockcore"
)

// look is what one look gives.
type look struct {
	store int
	route route
	began time.Time
	snap  lockcore.Snapshot
	asked bool            // for own
	own   lockcore.Backup // the newest of our own changes
}

// look walks to a store and looks at it, in a goroutine of its own: any step of it may hang.
func (l *loop) look(i int) {
	s, from := l.states[i], l.stores[i]
	s.begin(l.now)
	memory, shown, dated, now := s.memory, s.shown, s.dated, l.now
	go func() {
		r := look{store: i, began: now, route: l.files.find(from.Dir()), snap: from.Look(memory)}
		if r.asked = mayHaveChanged(shown, r.snap, dated); r.asked {
			r.own, _ = from.LastBackup()
		}
		l.looked <- r
	}()
}

// takeAll takes the looks that have ended: none of them is overdue, however late this turn comes.
func (l *loop) takeAll() {
	for {
		select {
		case r := <-l.looked:
			l.take(r)
		default:
			return
		}
	}
}

// take is the end of a look.
func (l *loop) take(r look) {
	s := l.states[r.store]
	if !s.end(l.now) {
		return
	}
	l.report(r)
	l.files.follow(r.store, r.route, l.now)
	l.files.overdue(l.now)
	if l.files.waits(r.store) && !l.files.stuck {
		s.due = sooner(l.now.Add(lockcore.ReadTimeout), s.due) // or the answer, which comes sooner
		return
	}
	s.rushed = 0
	l.tellHealth(r.store)
}

// takeAnswer takes an answer that has come: it is not overdue, however late this turn comes.
func (l *loop) takeAnswer() {
	select {
	case a := <-l.files.answers:
		l.answered(a)
	default:
	}
}

// answered takes in what is watched now.
func (l *loop) answered(a answer) {
	fresh, gone := l.files.accept(a, l.now)
	for i, s := range l.states {
		if l.files.cameLate(i) || l.files.leadsBy(i, fresh) || s.rushed < maxRush && l.files.leadsBy(i, gone) {
			s.rush(l.now)
		}
		if l.files.isPlaced(i) && !l.files.waits(i) {
			l.tellHealth(i)
		}
	}
}

// tellHealth tells how a store is served, if that is another way than before.
func (l *loop) tellHealth(i int) {
	s := l.states[i]
	if h := l.files.health(i, l.config.Poll); h != s.health {
		s.health = h
		l.config.Health(i, h)
	}
}

func (l *loop) report(r look) {
	s := l.states[r.store]
	for _, change := range s.accept(r, l.now) {
		change.Store, change.Away = r.store, change.Away || change.isReturn(l.woke)
		l.config.Emit(change)
	}
	l.files.ours[r.store] = plainlyOurs(s.shown)
	s.plan(s.exits.keep(alive(s.shown, s.memory)))
}
