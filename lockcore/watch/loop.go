package watch

import (
	"context"
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

// loop is the one goroutine that owns what is known of all stores.
type loop struct {
	ctx      context.Context
	config   Config
	stores   []store
	states   []*state
	files    *fileHints
	alarm    alarm
	mounts   mounts
	exited   chan exit
	looked   chan look    // room for every store: a look that comes after the end finds nobody
	walked   chan walk    // likewise
	glimpses chan glimpse // what finds no room is lost: the look follows
	now      time.Time    // of this turn
	wall     time.Time    // the same by the wall clock alone
	woke     time.Time    // the last time that the machine had slept before a turn
	armed    time.Time    // what the alarm is set for
	polled   time.Time    // the last poll of all
	repoll   time.Time    // the next one
	glanced  time.Time    // the last poll of those that get no events
	renewed  time.Time    // the last new Watcher
}

// state is a store with what it needs of the outside.
type state struct {
	follower
	exits    exits
	health   Health
	glimpsed bool      // what was told last of the store is a glimpse
	walking  time.Time // when the walk under way began; zero: none is
	rewalk   bool      // a look ended since
	lost     bool      // the walk did not come back in time, and that was told
}

// lostAt is when to tell that a walk is overdue, or zero.
func (s *state) lostAt() time.Time {
	if s.walking.IsZero() || s.lost {
		return time.Time{}
	}
	return s.walking.Add(lockcore.ReadTimeout)
}

const (
	// renewPause is the least time between two new Watchers: a fault that lasts would make one after the other.
	renewPause = time.Second
	// mountPause is the least time between two polls because of mounts: a host that runs containers mounts all the time.
	mountPause = time.Second
	// closeWait is how long the end waits for looks that are under way: a store that hangs shall not keep the program.
	closeWait = 500 * time.Millisecond
)

func run(ctx context.Context, c Config, stores []store, s system) {
	l := &loop{
		ctx: ctx, config: c, stores: stores, alarm: s.newAlarm(), mounts: s.newMounts(),
		files:  newFileHints(len(stores), s),
		exited: make(chan exit), looked: make(chan look, len(stores)), walked: make(chan walk, len(stores)),
		glimpses: make(chan glimpse, len(stores)),
	}
	for i := range stores {
		l.states = append(l.states, &state{exits: exits{store: i, ctx: ctx, open: s.openExit, ended: l.exited}})
		if i < len(c.Memories) {
			l.states[i].memory = c.Memories[i]
		}
		if i < len(c.Before) {
			l.states[i].inherit(c.Before[i], c.Keep)
		}
	}
	defer l.close()
	l.turns()
}

// close waits for all goroutines but looks and walks that hang.
func (l *loop) close() {
	l.files.close()
	l.mounts.close()
	for _, s := range l.states {
		s.exits.close()
	}
	hung := time.NewTimer(closeWait)
	defer hung.Stop()
	defer l.alarm.close()
	for range l.underWay() {
		select {
		case <-l.looked:
		case <-l.walked:
		case <-hung.C:
			return
		}
	}
}

func (l *loop) underWay() (n int) {
	for _, s := range l.states {
		if !s.looking.IsZero() {
			n++
		}
		if !s.walking.IsZero() {
			n++
		}
	}
	return n
}

func (l *loop) turns() {
	l.now = time.Now()
	l.wall = l.now.Round(0)
	l.renew()
	for l.ctx.Err() == nil {
		l.act()
		for l.ctx.Err() == nil && !l.wait() {
		}
	}
}

// wait takes one hint and reports whether it changes anything.
func (l *loop) wait() bool {
	select {
	case <-l.ctx.Done():
	case e, ok := <-l.files.events():
		return l.event(e, ok)
	case dir := <-l.files.dirChanges():
		l.turn()
		l.hint(l.files.changed(dir))
	case a := <-l.files.answers:
		l.turn()
		l.answered(a)
	case <-l.files.lost:
		l.turn()
		l.files.broken = true
		l.pollAll()
	case <-l.mounts.changed():
		l.turn()
		l.repoll = sooner(l.repoll, l.polled.Add(mountPause))
	case x := <-l.exited:
		l.turn()
		l.over(x)
	case r := <-l.looked:
		l.turn()
		l.take(r)
	case w := <-l.walked:
		l.turn()
		l.arrive(w)
	case g := <-l.glimpses:
		l.turn()
		l.glimpse(g)
		return false
	case jumped := <-l.alarm.rings():
		l.turn()
		l.armed = time.Time{}
		if jumped {
			l.recheck()
		}
	case <-l.config.Woke:
		l.turn()
		l.recheck()
	}
	return true
}

// event takes a file event, and in a storm those that wait behind it.
func (l *loop) event(e fsnotify.Event, ok bool) (concerned bool) {
	for {
		if list := l.files.hints(e, ok); len(list) > 0 || !ok {
			concerned = true
			l.turn()
			l.hint(list)
		}
		if concerned || len(l.files.events()) == 0 {
			return concerned
		}
		e, ok = <-l.files.events()
	}
}

func (l *loop) over(x exit) {
	s := l.states[x.store]
	s.exits.over(x)
	s.ended(x.pid)
	s.hint(l.now)
}

// recheck looks at all stores after a sleep, or after the clock was set. A look under way may have begun before.
func (l *loop) recheck() {
	l.pollAll()
	for _, s := range l.states {
		s.hint(l.now)
	}
}

func (l *loop) hint(list []hint) {
	for _, h := range list {
		if h.appeared {
			l.states[h.store].appeared()
		}
		l.states[h.store].hint(l.now)
	}
}

// act does what is due, and sets the alarm to what will be.
func (l *loop) act() {
	l.takeAnswer()
	l.takeAll()
	if at := l.renewal(); !at.IsZero() && !l.now.Before(at) {
		l.renew()
	}
	if !l.now.Before(l.repoll) {
		l.pollAll()
	}
	if !l.now.Before(l.glanced.Add(l.blindInterval())) {
		l.pollBlind()
	}
	for i, s := range l.states {
		if next := s.next(); !next.IsZero() && !l.now.Before(next) {
			l.attend(i)
		}
		if at := s.lostAt(); !at.IsZero() && !l.now.Before(at) {
			l.lose(i)
		}
	}
	l.arm()
}

// attend: a look is due, or one has not come back in time.
func (l *loop) attend(i int) {
	s := l.states[i]
	if s.looking.IsZero() {
		l.look(i)
		return
	}
	s.overdue = true
	l.report(look{store: i, snap: l.stores[i].Overdue()})
}

func (l *loop) arm() {
	next := l.repoll
	if l.anyBlind() {
		next = sooner(next, l.glanced.Add(l.blindInterval()))
	}
	next = sooner(next, l.renewal())
	for _, s := range l.states {
		next = sooner(sooner(next, s.next()), s.lostAt())
	}
	if !next.Equal(l.armed) {
		l.armed = next
		l.alarm.set(next.Sub(l.now))
	}
}

// sooner is the earlier of two times; zero is never.
func sooner(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}

// renew begins with a fresh Watcher. Until a store was looked at again nothing of it is watched.
func (l *loop) renew() {
	l.renewed = l.now
	l.files.restart()
	l.pollAll()
}

// renewal is when a new Watcher is to be tried, or zero.
func (l *loop) renewal() time.Time {
	switch {
	case l.files.broken:
		return l.renewed.Add(renewPause)
	case l.files.current == nil:
		return l.renewed.Add(l.blindInterval())
	}
	return time.Time{}
}

func (l *loop) pollAll() {
	l.polled, l.glanced, l.repoll = l.now, l.now, l.now.Add(l.config.Poll)
	l.files.ask(l.now) // a watch may have gone without an event
	for _, s := range l.states {
		s.glance(l.now)
	}
}

func (l *loop) blindInterval() time.Duration { return min(l.config.Poll, BlindInterval) }

func (l *loop) anyBlind() bool {
	for _, s := range l.states {
		if s.blind() {
			return true
		}
	}
	return false
}

// blind reports whether not all events of a store come.
func (s *state) blind() bool { return s.health.Problem != "" }

// pollBlind looks at the stores of which not all events come.
func (l *loop) pollBlind() {
	l.glanced = l.now
	for _, s := range l.states {
		if s.blind() {
			s.glance(l.now)
		}
	}
}
