package watch

import (
	"context"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// A loop owns the state of all stores. One goroutine runs it.
type loop struct {
	ctx         context.Context
	config      Config
	stores      []store
	states      []*state
	files       *fileHints
	alarm       alarm
	mounted     <-chan struct{}
	stopMounts  func()
	exited      chan exit
	looked      chan look    // has room for every store: nobody receives a look that ends after the loop
	walked      chan walk    // likewise
	glimpses    chan glimpse // a glimpse that finds it full is dropped: the result of the look follows
	now         time.Time    // of this turn
	wall        time.Time    // now without the monotonic clock
	woke        time.Time    // when the machine was last found to have slept
	armed       time.Time    // the time that the alarm is set for
	polled      time.Time    // when all stores were last polled
	repoll      time.Time    // when to poll all stores next
	polledBlind time.Time    // when the blind stores were last polled
	renewed     time.Time    // when a Watcher was last created, or could not be
}

// A state holds what the loop knows of one store: its follower, its waits for processes, its health and its walk.
type state struct {
	follower
	exits       exits
	health      Health
	glimpsed    bool      // the last report on the store was a glimpse
	walking     time.Time // when the walk under way began; zero: no walk is under way
	rewalk      bool      // a look ended during this walk, so another walk follows
	walkOverdue bool      // the walk did not end in time, and that was reported
}

const (
	// renewPause is the least time between two new Watchers: a lasting fault would otherwise create one after the other.
	renewPause = time.Second
	// mountPause is the least time between a poll and the next one that a mount causes: a host that runs containers mounts all the time.
	mountPause = time.Second
	// closeWait bounds each wait for calls that are under way when something is closed: a store that hangs must not keep the program from
	// ending.
	closeWait = 500 * time.Millisecond
)

func run(ctx context.Context, c Config, stores []store, s system) {
	l := &loop{
		ctx: ctx, config: c, stores: stores, alarm: s.newAlarm(),
		files:  newFileHints(len(stores), s),
		exited: make(chan exit), looked: make(chan look, len(stores)), walked: make(chan walk, len(stores)),
		glimpses: make(chan glimpse, len(stores)),
	}
	l.mounted, l.stopMounts = s.newMounts()
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

// close ends all goroutines. It waits for those that use a store, unless they hang.
func (l *loop) close() {
	l.files.close()
	l.stopMounts()
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

// wait waits for one hint or result, handles it, and reports whether act must follow.
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
	case <-l.files.overflow:
		l.turn()
		l.files.broken = true
		l.pollAll()
	case <-l.mounted:
		l.turn()
		l.repoll = sooner(l.repoll, l.polled.Add(mountPause))
	case x := <-l.exited:
		l.turn()
		l.exit(x)
	case r := <-l.looked:
		l.turn()
		l.finishLook(r)
	case w := <-l.walked:
		l.turn()
		l.finishWalk(w)
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

// event handles a file event. If it concerns no store, event also handles the queued ones, up to the first that does.
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

func (l *loop) exit(x exit) {
	s := l.states[x.store]
	if s.exits.remove(x) {
		s.ended(x.pid)
	}
	s.hint(l.now)
}

// recheck schedules a look at each store, after a sleep or after the clock was set. The poll has no effect on a store whose look is under
// way; the hint causes another look there.
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

// act does everything that is due, and sets the alarm for the next time.
func (l *loop) act() {
	l.finishAll()
	if at := l.renewal(); !at.IsZero() && !l.now.Before(at) {
		l.renew()
	}
	if !l.now.Before(l.repoll) {
		l.pollAll()
	}
	if !l.now.Before(l.polledBlind.Add(l.blindInterval())) {
		l.pollBlind()
	}
	for i, s := range l.states {
		if next := s.next(); !next.IsZero() && !l.now.Before(next) {
			l.attend(i)
		}
		if at := s.walkDeadline(); !at.IsZero() && !l.now.Before(at) {
			s.walkOverdue = true // the way to the store may have changed, so events may be missing
			l.reportHealth(i)
		}
	}
	l.arm()
}

// attend begins a look that is due, or reports one that did not end in time.
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
	if slices.ContainsFunc(l.states, (*state).blind) {
		next = sooner(next, l.polledBlind.Add(l.blindInterval()))
	}
	next = sooner(next, l.renewal())
	for _, s := range l.states {
		next = sooner(sooner(next, s.next()), s.walkDeadline())
	}
	if !next.Equal(l.armed) {
		l.armed = next
		l.alarm.set(next.Sub(l.now))
	}
}

// renew replaces the Watcher. The new one watches no directory of a store until the next look at that store has ended.
func (l *loop) renew() {
	l.renewed = l.now
	l.files.restart()
	l.pollAll()
}

// renewal returns when to try a new Watcher, or zero.
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
	l.polled, l.polledBlind, l.repoll = l.now, l.now, l.now.Add(l.config.Poll)
	l.files.ask(l.now) // a watch may have ended without an event
	for _, s := range l.states {
		s.poll(l.now)
	}
}

func (l *loop) blindInterval() time.Duration { return min(l.config.Poll, BlindInterval) }

// blind reports whether events of a store may be missing.
func (s *state) blind() bool { return s.health.Problem != "" }

// pollBlind polls the stores whose events may be missing.
func (l *loop) pollBlind() {
	l.polledBlind = l.now
	for _, s := range l.states {
		if s.blind() {
			s.poll(l.now)
		}
	}
}
