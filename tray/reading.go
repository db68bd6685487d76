package tray

import (
	"context"
	"slices"
	"time"

	"lockbar/internal/service"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// The loop touches no disk. This file reads beside it what goes with a change, and now and then what no event tells. The icon waits for
// none of it.

// sighting is a change, or what was seen ahead of one: its store and the state, and no more.
type sighting struct {
	watch.Change
	ahead bool
}

// lifeOf holds what the daemon said of itself after a change.
type lifeOf struct {
	store int
	token lockcore.Token // of the lock that it goes with
	lockcore.Lifecycle
}

// reading holds what may change on disk without an event.
type reading struct {
	Lives []lifeOf
	Login loginState
}

// answer holds the result of a read of the settings.
type answer struct {
	choices
	silent  bool               // there was none in time
	service *service.Installed // what the files of the daemon's services say; nil: they were not read
}

const (
	// settingsTime bounds how long a change waits for the settings, which decide whether it is told. A read takes a millisecond.
	settingsTime = 250 * time.Millisecond
	// settingsPause is the time until settings that could not be read are tried again: nothing else tells when a dead mount is back.
	settingsPause = 10 * time.Second
)

// glimpse takes in the part of a change that needs no reading. It forgets what the previous holder said of itself.
func (l *loop) glimpse(c sighting) {
	s := &l.stores[c.Store]
	if c.ahead {
		ahead := c.To.State // not the address of a whole change, which would stay
		s.Ahead = &ahead
		return
	}
	if s.Snapshot.Token != c.To.Token {
		s.Life = lockcore.Lifecycle{}
	}
	s.Snapshot, s.Last, s.Ahead = c.To, c.Newest, nil
	l.memories[c.Store] = c.Memory
}

// readAlong reads what goes along with a change.
func (l *loop) readAlong(ctx context.Context, c watch.Change) {
	l.unread = append(l.unread, c)
	l.askSettings(ctx)
	l.tellLate(time.Now())
	if c.To.State != lockcore.Unknown { // nothing more is read of a store that could not be
		l.work.Go(func() { send(ctx, l.lives, lifeOf{c.Store, c.To.Token, l.config.Stores[c.Store].Lifecycle(ctx)}) })
	}
}

// askSettings reads the settings again; one at a time. It reads the daemon's own service too if a store has become stale, which waits for
// that, or contested, whose message may offer to stop it, when somebody looks, and at the start, so that something is known if it cannot be
// read in time then. The demo's daemons have no service.
func (l *loop) askSettings(ctx context.Context) {
	if l.again = !l.asked.IsZero(); l.again {
		return
	}
	l.asked, l.retry = time.Now(), time.Time{}
	matters := func(c watch.Change) bool { return c.To.State == lockcore.Stale || c.To.State == lockcore.Contested }
	service := !l.config.Demo && (l.mute || slices.ContainsFunc(l.unread, matters) || l.asked.Before(l.looked.Add(exactTime)))
	l.work.Go(func() { send(ctx, l.answers, l.readSettings(l.config.Settings, service)) })
}

// late returns when the oldest pending change is judged by the last known settings; zero if none is pending, or if no settings are known
// yet. The first read is always waited for: it is answered within fsx.ReadTimeout.
func (l *loop) late() time.Time {
	switch {
	case len(l.unread) == 0 || l.mute:
		return time.Time{}
	case l.silent:
		return l.unread[0].At
	}
	return l.unread[0].At.Add(settingsTime)
}

// answered takes in settings that were read, unless a click has changed them meanwhile, and tells the changes that are older than the read.
func (l *loop) answered(ctx context.Context, a answer) {
	now, asked := time.Now(), l.asked
	l.asked, l.silent = time.Time{}, a.silent
	if a.service != nil {
		l.told = l.told.Restarts(a.service.Restart)
		l.serves(a.service.Stores)
	}
	switch {
	case a.silent:
		l.retry = now.Add(settingsPause)
		a.choices = l.settings
		a.Problem = "Settings cannot be read now"
		asked = now
	case l.clicked:
		a.choices = l.settings
	}
	l.clicked = false
	l.apply(a.choices, now)
	l.tellUnread(asked)
	if l.again {
		l.askSettings(ctx)
	}
}

// tellLate tells the pending changes if the oldest has waited long enough.
func (l *loop) tellLate(now time.Time) {
	if late := l.late(); !late.IsZero() && !now.Before(late) {
		l.tellUnread(now)
	}
}

// tellUnread tells, in their order, the pending changes that are not newer than the settings.
func (l *loop) tellUnread(asked time.Time) {
	first := l.mute
	if first {
		l.mute = false
		l.told = l.told.Quieten(l.settings.quiet())
	}
	for len(l.unread) > 0 && !l.unread[0].At.After(asked) {
		l.see(l.unread[0])
		l.unread = l.unread[1:]
	}
	if first { // what the process before left is told after the first looks, which may say that it is over
		l.wake(time.Now())
	}
}

// lived takes in what a daemon said of itself.
func (l *loop) lived(s lifeOf) {
	if l.stores[s.store].Snapshot.Token == s.token {
		l.stores[s.store].Life = s.Lifecycle
	}
}

// recall takes in the history as the process before left it: what happened since is known already.
func (l *loop) recall(older []past) {
	if len(l.recent) > 0 {
		older = slices.DeleteFunc(older, func(p past) bool { return !p.At.Before(l.recent[0].At) })
	}
	l.remind(append(older, l.recent...))
}

// read reads all but the settings, for those locks.
func (l *loop) read(ctx context.Context, locks []lockcore.Token) {
	var r reading
	if !l.config.Demo {
		r.Login = readLogin()
	}
	for i, s := range l.config.Stores {
		r.Lives = append(r.Lives, lifeOf{i, locks[i], s.Lifecycle(ctx)})
	}
	send(ctx, l.readings, r)
}

// refresh reads again what no event tells; one at a time.
func (l *loop) refresh(ctx context.Context) {
	l.askSettings(ctx)
	if l.reread = l.reading; l.reread {
		return
	}
	l.reading = true
	var locks []lockcore.Token
	for _, s := range l.stores {
		locks = append(locks, s.Snapshot.Token)
	}
	l.work.Go(func() { l.read(ctx, locks) })
}

func (l *loop) freshen(ctx context.Context, r reading) {
	l.reading, l.loginRead = false, true
	for _, life := range r.Lives {
		l.lived(life)
	}
	if l.reread { // a click may have changed it since it was read
		l.refresh(ctx)
	} else if r.Login != loginUnknown {
		l.settings.Login = r.Login
	}
}
