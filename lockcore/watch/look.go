package watch

import (
	"runtime"
	"time"

	"lockbar/lockcore"
)

// A look is the result of looking at a store once.
type look struct {
	store int
	began time.Time
	snap  lockcore.Snapshot
	asked bool            // own was read
	own   lockcore.Backup // the newest of our own changes of the lock
}

// A glimpse holds the state that the lock and its holder show, while the rest of a look is under way.
type glimpse struct {
	store int
	began time.Time // of that look
	state lockcore.State
	token lockcore.Token
}

// A walk is the result of finding the way to a store, after a look.
type walk struct {
	store int
	route route
}

// look looks at a store, in a separate goroutine because any step of it may hang.
func (l *loop) look(i int) {
	s, from := l.states[i], l.stores[i]
	s.begin(l.now)
	memory, shown, dirChanged, now := s.memory, s.shown, s.dirChanged, l.now
	go func() {
		r := look{store: i, began: now, snap: from.Look(memory, func(state lockcore.State, token lockcore.Token) {
			l.pass(glimpse{i, now, state, token})
		})}
		if r.asked = mayHaveChanged(shown, r.snap, dirChanged); r.asked {
			r.own, _ = from.LastBackup()
		}
		l.looked <- r
	}()
}

// pass gives a glimpse to the loop, if the channel has room for it. It then yields to the loop: on one processor the loop would
// otherwise wait until the process table is read.
func (l *loop) pass(g glimpse) {
	select {
	case l.glimpses <- g:
		runtime.Gosched()
	default:
	}
}

// glimpse reports a state that a look saw early, if it may be shown before the look is complete and the look has not ended.
func (l *loop) glimpse(g glimpse) {
	s := l.states[g.store]
	if s.overdue || !s.looking.Equal(g.began) || !s.showsAhead(g, l.now) {
		return
	}
	s.glimpsed = true
	l.config.Glimpse(g.store, g.state)
}

// finishAll handles the results of requests, looks and walks that have arrived. They do not count as overdue, however late this turn is.
func (l *loop) finishAll() {
	select {
	case a := <-l.files.answers:
		l.answered(a)
	default:
	}
	for {
		select {
		case r := <-l.looked:
			l.finishLook(r)
		case w := <-l.walked:
			l.finishWalk(w)
		default:
			return
		}
	}
}

// finishLook handles the end of a look. It reports the result before it begins the walk, which does not affect the result.
func (l *loop) finishLook(r look) {
	if l.states[r.store].end(l.now) {
		l.report(r)
		l.walk(r.store)
	}
}

// walk finds the way to a store, in a separate goroutine because a directory on the way may hang, too. Each store has at most one walk
// under way.
func (l *loop) walk(i int) {
	s := l.states[i]
	if s.rewalk = !s.walking.IsZero(); s.rewalk {
		return
	}
	s.walking = l.now
	dir := l.stores[i].Dir()
	go func() { l.walked <- walk{i, l.files.find(dir)} }()
}

// finishWalk handles the end of a walk.
func (l *loop) finishWalk(w walk) {
	s := l.states[w.store]
	s.walking, s.walkOverdue = time.Time{}, false
	l.files.follow(w.store, w.route, l.now)
	l.files.overdue(l.now)
	if s.rewalk {
		l.walk(w.store)
	}
	if l.files.waits(w.store) && !l.files.stuck {
		s.due = sooner(l.now.Add(lockcore.ReadTimeout), s.due) // the answer should come sooner
		return
	}
	s.rushed = 0
	l.reportHealth(w.store)
}

// walkDeadline returns when to report that a walk is overdue, or zero.
func (s *state) walkDeadline() time.Time {
	if s.walking.IsZero() || s.walkOverdue {
		return time.Time{}
	}
	return s.walking.Add(lockcore.ReadTimeout)
}

// answered handles the answer to a request for watches.
func (l *loop) answered(a answer) {
	fresh, gone := l.files.accept(a, l.now)
	for i, s := range l.states {
		if l.files.clearMissed(i) || l.files.leadsBy(i, fresh) || s.rushed < maxRush && l.files.leadsBy(i, gone) {
			s.rush(l.now)
		}
		if l.files.isPlaced(i) && !l.files.waits(i) {
			l.reportHealth(i)
		}
	}
}

// reportHealth reports the health of a store if it changed.
func (l *loop) reportHealth(i int) {
	s := l.states[i]
	h := l.files.health(i, l.config.Poll)
	if s.walkOverdue {
		h = Health{Interval: l.blindInterval(), Problem: "the directories on the way to it do not answer"}
	}
	if h != s.health {
		s.health = h
		l.config.Health(i, h)
	}
}

// report reports the changes that a look leads to, and plans the next look.
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
