package tray

import (
	"context"
	"slices"
	"time"

	"lockbar/internal/service"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// The loop itself never waits for a file. The code here starts the reads that go with a change, and the reads of what no event reports.
// The icon waits for none of them.

// sighting holds a change, or a glimpse before it, which has only the store and the state.
type sighting struct {
	watch.Change
	ahead bool
}

// storeLifecycle holds the daemon's own report, read after a change or by refresh.
type storeLifecycle struct {
	store int
	token lockcore.Token // the lock that it belongs to
	lockcore.Lifecycle
}

// reading holds what may change on disk without an event.
type reading struct {
	Lifecycles []storeLifecycle
	Login      loginState
}

// answer holds the result of a read of the settings.
type answer struct {
	choices
	timedOut bool               // the read timed out
	service  *service.Installed // the installed services of the daemon; nil: not read
}

const (
	// settingsTime bounds how long a change waits for the settings, which decide whether it is reported. A read takes a millisecond.
	settingsTime = 250 * time.Millisecond
	// settingsPause delays the retry of a read of the settings that timed out: no event reports that a dead mount is back.
	settingsPause = 10 * time.Second
)

// glimpse handles the part of a change that needs no reading. If the lock is another one, it drops the daemon's report.
func (l *loop) glimpse(c sighting) {
	s := &l.stores[c.Store]
	if c.ahead {
		ahead := c.To.State // a copy: the address of the field would keep the whole change in memory
		s.Ahead = &ahead
		return
	}
	if s.Snapshot.Token != c.To.Token {
		s.Life = lockcore.Lifecycle{}
	}
	s.Snapshot, s.Last, s.Ahead = c.To, c.Newest, nil
	l.memories[c.Store] = c.Memory
}

// readAlong starts the reads that go with a change.
func (l *loop) readAlong(ctx context.Context, c watch.Change) {
	l.queued = append(l.queued, c)
	l.startSettingsRead(ctx)
	l.tellOverdue(time.Now())
	if c.To.State != lockcore.Unknown { // nothing more is read of an unreadable store
		l.work.Go(func() {
			send(ctx, l.lifecycles, storeLifecycle{c.Store, c.To.Token, l.config.Stores[c.Store].Lifecycle(ctx)})
		})
	}
}

// startSettingsRead starts a read of the settings; if one is under way, another follows it. It also reads the daemon's services if a
// store has become stale (its alarm depends on them) or contested (its message may offer to stop the daemon), after the menu was opened,
// and at the start, so that something is known if a later read times out. It does not in a demo, whose daemons have no service.
func (l *loop) startSettingsRead(ctx context.Context) {
	if l.readAgain = !l.readStart.IsZero(); l.readAgain {
		return
	}
	l.readStart, l.retryAt = time.Now(), time.Time{}
	matters := func(c watch.Change) bool { return c.To.State == lockcore.Stale || c.To.State == lockcore.Contested }
	service := !l.config.Demo && (l.mute || slices.ContainsFunc(l.queued, matters) || l.readStart.Before(l.menuOpened.Add(exactTime)))
	l.work.Go(func() { send(ctx, l.answers, l.readSettings(l.config.Settings, service)) })
}

// settingsDeadline returns when the oldest queued change is reported with the last known settings; zero if none is queued, or if no
// settings are known yet. The first read has no deadline here: it ends by itself, within a few seconds even on a dead mount.
func (l *loop) settingsDeadline() time.Time {
	switch {
	case len(l.queued) == 0 || l.mute:
		return time.Time{}
	case l.timedOut:
		return l.queued[0].At
	}
	return l.queued[0].At.Add(settingsTime)
}

// answered applies settings that were read, unless a click has changed them meanwhile, and reports the changes that are older than the
// read.
func (l *loop) answered(ctx context.Context, a answer) {
	now, asked := time.Now(), l.readStart
	l.readStart, l.timedOut = time.Time{}, a.timedOut
	if a.service != nil {
		l.decider.Restart = a.service.Restart
		l.setServed(a.service.Stores)
	}
	switch {
	case a.timedOut:
		l.retryAt = now.Add(settingsPause)
		a.choices = l.settings
		a.Problem = "Settings cannot be read now"
		asked = now
	case l.settingsClicked:
		a.choices = l.settings
	}
	l.settingsClicked = false
	l.apply(a.choices, now)
	l.tellQueued(asked)
	if l.readAgain {
		l.startSettingsRead(ctx)
	}
}

// tellOverdue reports the queued changes if the oldest has waited long enough.
func (l *loop) tellOverdue(now time.Time) {
	if deadline := l.settingsDeadline(); !deadline.IsZero() && !now.Before(deadline) {
		l.tellQueued(now)
	}
}

// tellQueued reports, in their order, the queued changes that are not newer than the settings.
func (l *loop) tellQueued(asked time.Time) {
	first := l.mute
	if first {
		l.mute = false
		l.decider.Quiet = l.settings.quiet()
	}
	for len(l.queued) > 0 && !l.queued[0].At.After(asked) {
		l.handleChange(l.queued[0])
		l.queued = l.queued[1:]
	}
	if first { // after the first looks: what the previous process left to report may be over
		l.tellDue(time.Now())
	}
}

// setLifecycle keeps a daemon's report, unless the lock is another one now.
func (l *loop) setLifecycle(s storeLifecycle) {
	if l.stores[s.store].Snapshot.Token == s.token {
		l.stores[s.store].Life = s.Lifecycle
	}
}

// addOlder adds the earlier events, from the history, which may also have events of this process.
func (l *loop) addOlder(older []past) {
	if len(l.recent) > 0 {
		older = slices.DeleteFunc(older, func(p past) bool { return !p.At.Before(l.recent[0].At) })
	}
	l.setRecent(append(older, l.recent...))
}

// read reads what may change without an event, except the settings. A demo reads no Login. locks holds the lock of each store.
func (l *loop) read(ctx context.Context, locks []lockcore.Token) {
	var r reading
	if !l.config.Demo {
		r.Login = readLogin()
	}
	for i, s := range l.config.Stores {
		r.Lifecycles = append(r.Lifecycles, storeLifecycle{i, locks[i], s.Lifecycle(ctx)})
	}
	send(ctx, l.readings, r)
}

// refresh reads again whatever no event reports; one read at a time.
func (l *loop) refresh(ctx context.Context) {
	l.startSettingsRead(ctx)
	if l.refreshAgain = l.refreshing; l.refreshAgain {
		return
	}
	l.refreshing = true
	var locks []lockcore.Token
	for _, s := range l.stores {
		locks = append(locks, s.Snapshot.Token)
	}
	l.work.Go(func() { l.read(ctx, locks) })
}

// refreshed handles what refresh has read.
func (l *loop) refreshed(ctx context.Context, r reading) {
	l.refreshing, l.loginRead = false, true
	for _, life := range r.Lifecycles {
		l.setLifecycle(life)
	}
	if l.refreshAgain { // a click may have changed Login since it was read
		l.refresh(ctx)
	} else if r.Login != loginUnknown {
		l.settings.Login = r.Login
	}
}
