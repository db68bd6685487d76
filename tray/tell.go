package tray

import (
	"slices"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// returnTime is how long after waking what is seen counts as having happened before: the watcher looks at once, and again
// with its poll, when the network is back.
const returnTime = 30 * time.Second

// wasAway: the change may have happened while the machine slept. The event of a lock that went is told later than it was seen.
func wasAway(c watch.Change) bool {
	seen := c.At
	if !c.Since.IsZero() {
		seen = c.Since
	}
	return !c.Woke.IsZero() && seen.Sub(c.Woke) < returnTime
}

// see draws the conclusions. A lock that is gone is shown at once, and no fact before the watcher knows what became of it.
func (l *loop) see(k look) {
	l.log.detail.Printf("%q: %s, now %s %s", l.stores[k.Store].Name, k.Event, k.To.State, k.To.Reason)
	if !isOurs(k.Event) {
		l.notice = Notice{}
	}
	l.apply(k.Settings, k.At)
	if next := l.holders.Seen(l.config.Stores[k.Store], k.Memory); !next.Equal(l.holders) {
		l.holders, l.pending.holders = next, next
	}
	if k.Waits() {
		return
	}
	fact := notify.Fact{Event: k.Event, From: k.From, To: k.To, Away: wasAway(k.Change)}
	if len(l.stores) > 1 {
		fact.Store = l.stores[k.Store].Name
	}
	before := l.told.LastLook(k.To.Store)
	fact = l.told.Since(fact, k.Last, k.At)
	l.remember(fact, before, k.At)
	l.tell(l.told.Step(fact, k.At))
	l.post(k.At)
}

// isOurs reports whether an event is what a click did, so that the word about the click still holds.
func isOurs(e watch.Event) bool {
	return e == watch.WasRemoved || e == watch.WasRestored
}

// remember writes a fact into the history. A first look ever is none: nothing is known to have happened.
func (l *loop) remember(f notify.Fact, before, now time.Time) {
	if f.To.Host != "" && f.To.Host != l.host {
		l.host, l.pending.host = f.To.Host, f.To.Host
	}
	if f.Event == watch.NoEvent || f.Event == watch.Initial {
		return
	}
	since := now.Add(-state.Overlap)
	if f.Away && !before.IsZero() {
		since = before.Add(time.Millisecond) // the process before this one may have written it, after that look
	}
	c := report.NewChange(f.Event, report.Look{Snapshot: f.From, At: before}, report.Look{Snapshot: f.To, At: now})
	l.pending.lines = append(l.pending.lines, historyLine{c, since})
	l.recent = append(slices.Clone(l.recent), pastOf(c))
	l.recent = l.recent[max(0, len(l.recent)-shownPast):]
}

// due is when wake has something to do. Timers stand still while the machine sleeps, and times that people chose do not:
// a far one is looked at again now and then.
func (l *loop) due(now time.Time) time.Time {
	next := l.told.Next()
	switch {
	case l.settings.paused(now):
		next = earliest(next, l.settings.PausedUntil)
	default:
		next = earliest(next, l.nextPost(now))
	}
	if far := now.Add(slowAge); !next.IsZero() && next.After(far) {
		return far
	}
	return next
}

const (
	// darkPause is how soon a dark screen is looked at again while letters wait. A hint tells when it wakes; this is for the
	// hint that does not come.
	darkPause = time.Minute
	// darkTime is how long letters wait for a screen: a Mac that has none may say that it sleeps for ever.
	darkTime = 24 * time.Hour
)

// nextPost is when letters are due, or, while they wait for a screen, when that is looked at again.
func (l *loop) nextPost(now time.Time) time.Time {
	next := l.outbox.Next()
	if again := now.Add(darkPause); !l.dark.IsZero() && !next.IsZero() && next.Before(again) {
		return again
	}
	return next
}

// waits reports whether these letters wait until somebody can see them: a Mac that wakes for a moment to fetch mail runs
// programs with its screen dark. They stay in the outbox, which is on disk.
func (l *loop) waits(due []notify.Letter, now time.Time) bool {
	switch {
	case !l.screenAsleep():
		l.dark = time.Time{}
	case l.dark.IsZero() && len(due) > 0:
		l.dark = now.Round(0) // by the wall clock: sleep counts
	}
	return !l.dark.IsZero() && now.Round(0).Sub(l.dark) < darkTime
}

func (l *loop) wake(now time.Time) {
	l.tell(l.told.Wake(now))
	l.post(now)
}

func (l *loop) tell(d notify.Decider, messages []notify.Message) {
	l.told = d
	for _, m := range messages {
		l.log.detail.Printf("notification %q: %q", m.Title, m.Body)
	}
	l.outbox = l.outbox.Put(time.Now(), messages...)
}

// post gives the keeper what there is to write, and the letters to send after that.
func (l *loop) post(now time.Time) {
	var letters []notify.Letter
	if !l.settings.paused(now) {
		if rest, due := l.outbox.Take(now); !l.waits(due, now) {
			l.outbox, letters = rest, due
		}
	}
	l.pending.letters = append(l.pending.letters, letters...)
	memory := notify.Memory{Decider: l.told, Outbox: l.outbox}.Renamed(l.kept)
	l.pending.memory = &memory
}

// answer sends a message that is an answer to a click: now or never.
func (l *loop) answer(m notify.Message) {
	l.pending.letters = append(l.pending.letters, notify.Letter{Message: m})
}

func (l *loop) delivered(r receipt) {
	if r.Unsent == nil {
		l.delivery = r.Status
	}
	if r.Status.Err != "" {
		l.log.trouble.Printf("a notification was not shown: %q", r.Status.Err)
	}
	now := time.Now()
	if r.Status.Err != "" && r.ID == 0 && l.notice.About == SendTest {
		l.notice = Notice{Text: testFailed, At: now}
	}
	l.outbox = l.outbox.Report(r.ID, r.Unsent == nil && r.Status.Err == "", now)
	l.post(now)
}

// apply takes in settings, which may end a pause.
func (l *loop) apply(s Settings, now time.Time) {
	if s.Login == NoLogin { // not asked for along with an event
		s.Login = l.settings.Login
	}
	if s == l.settings {
		return
	}
	l.settings = s
	l.told = l.told.Quieten(s.quiet())
	l.wake(now)
}
