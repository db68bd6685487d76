package watch

import (
	"context"
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

// loop is the one goroutine that owns what is known of all stores.
type loop struct {
	ctx     context.Context
	config  Config
	stores  []store
	states  []*state
	files   *fileHints
	alarm   alarm
	mounts  mounts
	exited  chan exit
	looked  chan look // room for every store: a look that comes after the end finds nobody
	now     time.Time // of this turn
	wall    time.Time // the same by the wall clock alone
	woke    time.Time // the last time that the machine had slept before a turn
	armed   time.Time // what the alarm is set for
	polled  time.Time // the last poll of all
	repoll  time.Time // the next one
	glanced time.Time // the last poll of those that get no events
	renewed time.Time // the last new Watcher
}

// state is a store with what it needs of the outside.
type state struct {
	follower
	exits  exits
	health Health
}

// look is what one look gives.
type look struct {
	store int
	route route
	began time.Time
	snap  lockcore.Snapshot
	asked bool            // for own
	own   lockcore.Change // the newest of our own changes
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
		files:  newFileHints(len(stores), s.newWatcher),
		exited: make(chan exit), looked: make(chan look, len(stores)),
	}
	for i := range stores {
		l.states = append(l.states, &state{exits: exits{store: i, ctx: ctx, open: s.openExit, ended: l.exited}})
		if i < len(c.Memories) {
			l.states[i].memory = c.Memories[i]
		}
	}
	defer l.close()
	l.turns()
}

// close waits for all goroutines but looks that hang.
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
	case jumped := <-l.alarm.rings():
		l.turn()
		l.armed = time.Time{}
		if jumped {
			l.pollAll()
		}
	}
	return true
}

// turn notes the time, and that the machine slept since the last turn, which was no longer ago than a poll.
func (l *loop) turn() {
	now := time.Now()
	wall := now.Round(0)
	if slept(wall.Sub(l.wall), now.Sub(l.now)) {
		l.woke = now
	}
	l.now, l.wall = now, wall
}

// sleepTime: a wall clock that ran so much further than the monotonic one says that the machine slept, or that the clock was
// set by as much, which nothing tells apart everywhere. On Windows both run on, so no sleep is noticed.
const sleepTime = 2 * time.Minute

// slept compares how far two clocks ran.
func slept(wall, monotonic time.Duration) bool { return wall-monotonic >= sleepTime }

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
		next = sooner(next, s.next())
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
	case l.files.watcher == nil:
		return l.renewed.Add(l.blindInterval())
	}
	return time.Time{}
}

func (l *loop) pollAll() {
	l.polled, l.glanced, l.repoll = l.now, l.now, l.now.Add(l.config.Poll)
	l.files.verify()
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

func (s *state) blind() bool { return s.health != Health{} && !s.health.Events }

// pollBlind looks at the stores that get no events.
func (l *loop) pollBlind() {
	l.glanced = l.now
	for _, s := range l.states {
		if s.blind() {
			s.glance(l.now)
		}
	}
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
	change, ok := s.accept(r, l.now)
	change.Store, change.Woke = r.store, l.woke
	if ok {
		l.config.Emit(change)
	}
	l.files.ours[r.store] = plainlyOurs(s.shown)
	s.plan(s.exits.keep(alive(s.shown, s.memory)))
}
