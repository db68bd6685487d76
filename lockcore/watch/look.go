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
	own   lockcore.Change // the newest of our own changes
}

// look walks to a store and looks at it, in a goroutine of its own: any step of it may hang.
func (l *loop) look(i int) {
	s, from := l.states[i], l.stores[i]
	s.begin(l.now)
	memory, shown, dated, now := s.memory, s.shown, s.dated, l.now
	go func() {
		r := look{store: i, began: now, route: findRoute(from.Dir()), snap: from.Look(memory)}
		if r.asked = mayHaveChanged(shown, r.snap, dated); r.asked {
			r.own, _ = from.LastChange()
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
	added := l.files.follow(r.store, r.route)
	s.rush(added, l.now)
	if h := l.files.health(r.store, l.config.Poll); h != s.health {
		s.health = h
		l.config.Health(r.store, h)
	}
}

func (l *loop) report(r look) {
	s := l.states[r.store]
	for _, change := range s.accept(r, l.now) {
		change.Store, change.Woke = r.store, l.woke
		l.config.Emit(change)
	}
	l.files.ours[r.store] = plainlyOurs(s.shown)
	s.plan(s.exits.keep(alive(s.shown, s.memory)))
}
