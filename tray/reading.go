package tray

import (
	"context"
	"time"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// What is read beside the loop, which touches no disk: with each change, and now and then.

// news is a change with what goes along: what the daemon says of itself, and the settings, which decide what is told of it.
type news struct {
	watch.Change
	Life     lockcore.Lifecycle
	Settings choices
}

// reading is what may change on disk without an event.
type reading struct {
	Lives    []lockcore.Lifecycle // by store
	Settings choices
}

// glimpse takes in as much of a change as needs no reading. What the holder before said of itself says nothing of this one.
func (l *loop) glimpse(c watch.Change) {
	s := &l.stores[c.Store]
	if s.Snapshot.Token != c.To.Token {
		s.Life = lockcore.Lifecycle{}
	}
	s.Snapshot, s.Last = c.To, c.Newest
	l.memories[c.Store] = c.Memory
}

// readAlong reads what goes along with a change, one change of a store after the other, since they are told in their order.
func (l *loop) readAlong(ctx context.Context, c watch.Change) {
	l.unread[c.Store] = append(l.unread[c.Store], c)
	if len(l.unread[c.Store]) == 1 {
		l.readNext(ctx, c.Store)
	}
}

func (l *loop) readNext(ctx context.Context, store int) {
	c := l.unread[store][0]
	l.work.Go(func() { send(ctx, l.news, l.lookAlong(ctx, c)) })
}

// wasRead takes in what goes along with the oldest change of a store, and has the next one read.
func (l *loop) wasRead(ctx context.Context, k news) {
	if l.stores[k.Store].Snapshot.Token == k.To.Token {
		l.stores[k.Store].Life = k.Life
	}
	l.see(k)
	if l.unread[k.Store] = l.unread[k.Store][1:]; len(l.unread[k.Store]) > 0 {
		l.readNext(ctx, k.Store)
	}
}

// lookAlong is not the loop's to do, which touches no disk. It reads nothing more of a store that could not be read.
func (l *loop) lookAlong(ctx context.Context, c watch.Change) news {
	k := news{Change: c, Settings: readSettings(l.config.Settings)}
	if c.To.State != lockcore.Unknown {
		k.Life = l.config.Stores[c.Store].Lifecycle(ctx)
	}
	return k
}

// read reads all of it.
func (l *loop) read(ctx context.Context) {
	r := reading{Settings: readSettings(l.config.Settings)}
	if !l.config.Demo {
		r.Settings.Login = readLogin()
	}
	for _, s := range l.config.Stores {
		r.Lives = append(r.Lives, s.Lifecycle(ctx))
	}
	send(ctx, l.readings, r)
}

// refresh reads again what no event tells; one at a time.
func (l *loop) refresh(ctx context.Context) {
	if l.reading {
		l.again = true
		return
	}
	l.reading = true
	l.work.Go(func() { l.read(ctx) })
}

func (l *loop) freshen(ctx context.Context, r reading) {
	l.reading = false
	for i, life := range r.Lives {
		l.stores[i].Life = life
	}
	if l.again { // a click may have changed the settings since they were read
		l.again = false
		l.refresh(ctx)
		return
	}
	l.apply(r.Settings, time.Now())
}
