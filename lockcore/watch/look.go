package watch

import (
	"runtime"
	"time"

	"lockbar/lockcore"
)

// look is what one look gives.
type look struct {
	store int
	began time.Time
	snap  lockcore.Snapshot
	asked bool            // for own
	own   lockcore.Backup // the newest of our own changes
}

// glimpse is what the lock alone says, while the rest of a look is under way.
type glimpse struct {
	store int
	began time.Time // of that look
	state lockcore.State
	token lockcore.Token
}

// walk is the way to a store, as it was found after a look.
type walk struct {
	store int
	route route
}

// look looks at a store, in a goroutine of its own: any step of it may hang.
func (l *loop) look(i int) {
	s, from := l.states[i], l.stores[i]
	s.begin(l.now)
	memory, shown, dated, now := s.memory, s.shown, s.dated, l.now
	go func() {
		r := look{store: i, began: now, snap: from.Look(memory, func(state lockcore.State, token lockcore.Token) {
			l.pass(glimpse{i, now, state, token})
		})}
		if r.asked = mayHaveChanged(shown, r.snap, dated); r.asked {
			r.own, _ = from.LastBackup()
		}
		l.looked <- r
	}()
}

// pass gives a glimpse to the loop, if that has room for it. Whoever shows it goes first: on one processor it would wait until the
// process table is through.
func (l *loop) pass(g glimpse) {
	select {
	case l.glimpses <- g:
		runtime.Gosched()
	default:
	}
}

// glimpse tells what is seen of a store ahead of the look, unless that is over.
func (l *loop) glimpse(g glimpse) {
	s := l.states[g.store]
	if s.overdue || !s.looking.Equal(g.began) || !s.showsAhead(g, l.now) {
		return
	}
	s.glimpsed = true
	l.config.Glimpse(g.store, g.state)
}

// takeAll takes the looks and walks that have ended: none of them is overdue, however late this turn comes.
func (l *loop) takeAll() {
	for {
		select {
		case r := <-l.looked:
			l.take(r)
		case w := <-l.walked:
			l.arrive(w)
		default:
			return
		}
	}
}

// take is the end of a look. The way to the store is walked when all that it saw is told: it decides nothing of the store.
func (l *loop) take(r look) {
	if l.states[r.store].end(l.now) {
		l.report(r)
		l.walk(r.store)
	}
}

// walk finds the way to a store, in a goroutine of its own: a directory on the way may hang, too. At most one is under way for each
// store.
func (l *loop) walk(i int) {
	s := l.states[i]
	if s.rewalk = !s.walking.IsZero(); s.rewalk {
		return
	}
	s.walking = l.now
	dir := l.stores[i].Dir()
	go func() { l.walked <- walk{i, l.files.find(dir)} }()
}

// arrive is the end of a walk.
func (l *loop) arrive(w walk) {
	s := l.states[w.store]
	s.walking, s.lost = time.Time{}, false
	l.files.follow(w.store, w.route, l.now)
	l.files.overdue(l.now)
	if s.rewalk {
		l.walk(w.store)
	}
	if l.files.waits(w.store) && !l.files.stuck {
		s.due = sooner(l.now.Add(lockcore.ReadTimeout), s.due) // or the answer, which comes sooner
		return
	}
	s.rushed = 0
	l.tellHealth(w.store)
}

// lose notes that a walk has not come back in time: what is watched may not be the way to the store any more.
func (l *loop) lose(i int) {
	l.states[i].lost = true
	l.tellHealth(i)
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
	h := l.files.health(i, l.config.Poll)
	if s.lost {
		h = Health{Interval: l.blindInterval(), Problem: "the directories on the way to it do not answer"}
	}
	if h != s.health {
		s.health = h
		l.config.Health(i, h)
	}
}

func (l *loop) report(r look) {
	s := l.states[r.store]
	changes := s.accept(r, l.now)
	for _, change := range changes {
		change.Store, change.Away = r.store, change.Away || change.isReturn(l.woke)
		l.config.Emit(change)
	}
	if s.glimpsed && len(changes) == 0 {
		l.config.Glimpse(r.store, s.shown.State)
	}
	s.glimpsed = false
	l.files.ours[r.store] = plainlyOurs(s.shown)
	s.plan(s.exits.keep(alive(s.shown, s.memory)))
}
