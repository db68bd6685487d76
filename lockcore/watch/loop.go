package watch

import (
	"context"
	"time"

	"lockbar/lockcore"
)

// loop is the one goroutine that owns what is known of all stores.
type loop struct {
	ctx       context.Context
	config    Config
	followers []*follower
	files     *fileHints
	exited    chan exit   // a process ended, or its end cannot be waited for
	looked    chan result // a look is done
	wake      *time.Timer // the next thing that is due
	nextPoll  time.Time
}

type exit struct{ store, pid int }

type result struct {
	store int
	snap  lockcore.Snapshot
}

func newLoop(ctx context.Context, c Config) *loop {
	l := &loop{ctx: ctx, config: c, exited: make(chan exit), looked: make(chan result), wake: time.NewTimer(0)}
	var dirs []string
	for i, s := range c.Stores {
		l.followers = append(l.followers, &follower{store: s, exits: exits{store: i, ctx: ctx, ended: l.exited}})
		dirs = append(dirs, s.Dir())
	}
	l.files = newFileHints(dirs)
	return l
}

func (l *loop) close() {
	l.files.close()
	l.wake.Stop()
	for _, f := range l.followers {
		f.exits.keep(nil)
		if f.looking {
			<-l.looked // its deadline is short
		}
	}
	for _, f := range l.followers {
		f.exits.wait()
	}
}

func (l *loop) run() {
	l.files.refresh()
	l.poll(time.Now())
	for l.ctx.Err() == nil {
		l.schedule()
		select {
		case <-l.ctx.Done():
		case e, ok := <-l.files.events():
			l.hintFiles(l.files.stores(e, ok))
		case <-l.files.errors():
			l.files.overflowed()
			l.lookAround()
		case x := <-l.exited:
			l.followers[x.store].exits.forget(x.pid)
			l.hint(x.store, time.Now())
		case r := <-l.looked:
			l.take(r, time.Now())
		case <-l.wake.C:
			l.due(time.Now())
		}
	}
}

// schedule sets the one timer to the next thing that is due.
func (l *loop) schedule() {
	next := l.nextPoll
	for _, f := range l.followers {
		if !f.looking && !f.due.IsZero() && f.due.Before(next) {
			next = f.due
		}
	}
	l.wake.Reset(time.Until(next))
}

func (l *loop) due(now time.Time) {
	if !now.Before(l.nextPoll) {
		l.lookAround()
		return
	}
	for i, f := range l.followers {
		if !f.looking && !f.due.IsZero() && !now.Before(f.due) {
			l.look(i)
		}
	}
}

// lookAround: the directories may have changed under us, so watch what is there now before looking.
func (l *loop) lookAround() {
	l.files.refresh()
	l.poll(time.Now())
}

func (l *loop) poll(now time.Time) {
	l.nextPoll = now.Add(l.interval())
	for i := range l.followers {
		l.hintQuiet(i, now)
	}
}

func (l *loop) interval() time.Duration {
	if l.files.blind() {
		return min(l.config.Poll, BlindInterval)
	}
	return l.config.Poll
}

func (l *loop) hintFiles(h hinted) {
	if h.moved && l.files.refresh() {
		l.poll(time.Now())
		return
	}
	now := time.Now()
	for _, i := range h.stores {
		l.hint(i, now)
	}
}

// hint: look at once and once more after the settle time; while settling, at its end.
func (l *loop) hint(i int, now time.Time) {
	l.followers[i].again = true
	l.hintQuiet(i, now)
}

func (l *loop) hintQuiet(i int, now time.Time) {
	f := l.followers[i]
	switch {
	case f.looking:
		f.again = true
	case now.Before(f.settled):
		f.due = f.settled
	default:
		l.look(i)
	}
}

func (l *loop) look(i int) {
	f := l.followers[i]
	f.looking, f.due = true, time.Time{}
	f.again, f.second = false, f.again
	memory := f.memory
	go func() { l.looked <- result{i, f.store.Inspect(l.ctx, memory)} }()
}

// take is the end of a look. The settle time counts from here, so that a storm leaves room for everything else.
func (l *loop) take(r result, now time.Time) {
	f := l.followers[r.store]
	f.looking = false
	f.settled = now.Add(lockcore.SettleTime)
	if l.ctx.Err() != nil {
		return
	}
	before := f.shown
	change, ok := f.accept(r.snap, now)
	f.plan(now)
	if !ok {
		return
	}
	change.Store = r.store
	l.config.Emit(change)
	if appearedOrWent(before, f.shown) && l.files.refresh() {
		l.hint(r.store, now)
	}
}

// appearedOrWent: the store directory is there now and was not, or the other way round.
func appearedOrWent(before, after lockcore.Snapshot) bool {
	return (before.Reason == lockcore.StoreMissing) != (after.Reason == lockcore.StoreMissing)
}
