package tray

import (
	"context"
	"runtime"
	"strings"
	"time"

	"lockbar/internal/desktop"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/notify"
)

// reactionTime is how long a person takes to notice that a menu changed under the pointer: a click that comes sooner was
// meant for what stood there before. Choice reaction times are around half a second.
const reactionTime = 700 * time.Millisecond

// subject is what the items of one store are about.
type subject struct {
	State     lockcore.State
	Reason    lockcore.Reason
	Record    lockcore.Record
	Token     lockcore.Token
	Last      lockcore.Backup // what Undo would undo
	Conflicts lockcore.Conflicts

	Holder, LocalDaemon lockcore.Process // the PID and what names the process for good, no more
}

func subjectOf(s Store) subject {
	seen := s.Snapshot
	return subject{seen.State, seen.Reason, seen.Record, seen.Token, s.Last, seen.Conflicts, lasting(seen.Holder), lasting(seen.LocalDaemon)}
}

// lasting drops what differs from look to look although the process is the same.
func lasting(p lockcore.Process) lockcore.Process {
	return lockcore.Process{PID: p.PID, Status: p.Status, Kind: p.Kind, Serves: p.Serves, StartID: p.StartID}
}

// snapshot is the look that the user acts upon, as far as a change of the lock asks for it.
func (s subject) snapshot() lockcore.Snapshot {
	return lockcore.Snapshot{State: s.State, Reason: s.Reason, Record: s.Record, Token: s.Token, Conflicts: s.Conflicts,
		Holder: s.Holder, LocalDaemon: s.LocalDaemon}
}

// lock is what Undo is about.
func (s subject) lock() subject {
	s.Conflicts = lockcore.Conflicts{}
	return s
}

// sight is what the user of a menu sees, and what they saw before it changed.
type sight struct {
	Shown, Before subject
	Since         time.Time // when Shown was drawn
}

// now is the sight after s was drawn at t. Of several changes within a reaction time the user saw the first one's Before.
func (s sight) now(shown subject, t time.Time) sight {
	if shown == s.Shown {
		return s
	}
	if t.Sub(s.Since) >= reactionTime {
		s.Before = s.Shown
	}
	s.Shown, s.Since = shown, t
	return s
}

// at is what a click at t was meant for.
func (s sight) at(t time.Time) subject {
	if t.Sub(s.Since) < reactionTime {
		return s.Before
	}
	return s.Shown
}

// click starts the work that a click asks for, in its own goroutine: the guard of a store may be busy for 10 s.
func (l *loop) click(ctx context.Context, c click) {
	l.log.detail.Printf("click: %v of store %d", c.Action.Do, c.Action.Store)
	a := c.Action
	switch a.Do {
	case CopyDetails:
		text := l.details(time.Now())
		l.start(ctx, a, func(ctx context.Context) result { return copied("Details", desktop.Copy(ctx, text)) })
	case CopyCommand:
		l.start(ctx, a, func(ctx context.Context) result { return copied("Command", desktop.Copy(ctx, words.StopCommand)) })
	case OpenStore:
		dir := l.config.Stores[a.Store].Dir()
		l.start(ctx, a, func(ctx context.Context) result { return openStore(ctx, dir) })
	case OpenHistory:
		l.start(ctx, a, func(ctx context.Context) result { return openHistory(ctx, l.config.StateDir, len(l.config.Stores) > 1) })
	case Toggle, PauseHour, PauseTomorrow, Resume:
		l.start(ctx, a, func(context.Context) result { return changeSettings(l.config.Settings, a, time.Now()) })
	case ToggleLogin:
		was := l.settings.Login
		l.start(ctx, a, func(context.Context) result { return changeLogin(was) })
	case SendTest:
		l.answer(testMessage)
		l.notice = Notice{testSent(runtime.GOOS), time.Now()}
	default:
		l.clickLock(ctx, c)
	}
}

// changesLock: the verb is one of those that lockcore does.
func (do Verb) changesLock() bool {
	return do == Unlock || do == UnlockClaimed || do == Undo || do == SetAside
}

// clickLock is a click that changes a store.
func (l *loop) clickLock(ctx context.Context, c click) {
	i := c.Action.Store
	if l.busy[i] { // a second click on the same: the first one's result is on its way
		return
	}
	meant := l.seen[i].at(c.At)
	if refusal := refuse(c.Action.Do, meant, l.seen[i].Shown); refusal != "" {
		r := refused(refusal)
		r.Action = c.Action
		l.take(ctx, r)
		return
	}
	l.busy[i] = true
	store, memory := l.config.Stores[i], l.memories[i]
	l.start(ctx, c.Action, func(ctx context.Context) result { return change(ctx, store, c.Action.Do, meant, memory) })
}

const (
	changedBefore = "The lock changed just before the click: nothing was done"
	copiesChanged = "The conflict copies changed just before the click: nothing was done"
	noLockSeen    = "There is no lock to remove"
)

// refuse is the policy of clicks beside lockcore's own, which compares tokens: a reason not to act, or empty.
func refuse(do Verb, meant, shown subject) string {
	switch {
	case do == SetAside && meant.Conflicts != shown.Conflicts: // one more may be the claim that nobody has seen yet
		return copiesChanged
	case do == SetAside:
		return ""
	case do == Undo && meant.lock() != shown.lock(), meant.Token == "" && shown.Token != "":
		return changedBefore
	case do == Undo:
		return ""
	case meant.Token == "":
		return noLockSeen
	}
	return ""
}

// start runs work and brings its result to the loop.
func (l *loop) start(ctx context.Context, a Action, work func(context.Context) result) {
	l.work.Go(func() {
		r := work(ctx)
		r.Action = a
		send(ctx, l.results, r)
	})
}

// take shows what became of a click: in the menu and, for a change of a lock, as a notification.
func (l *loop) take(ctx context.Context, r result) {
	if r.Action.Do.changesLock() {
		l.busy[r.Action.Store] = false
	}
	l.log.failed("a click failed", r.Err)
	now := time.Now()
	if r.Settings != nil {
		l.apply(*r.Settings, now)
	}
	if r.Settings != nil || r.Action.Do == ToggleLogin {
		l.refresh(ctx)
	}
	text := l.naming(r)
	l.notice = Notice{strings.TrimSuffix(text, "."), now} // a line of a menu has no full stop
	if r.Title != "" && !l.settings.paused(now) {
		l.answer(notify.Message{Title: r.Title, Body: text, Icon: r.Icon})
	}
}

// naming is the text of a result, with its store where there are several.
func (l *loop) naming(r result) string {
	if len(l.stores) == 1 || r.Text == "" || !r.Action.Do.changesLock() && r.Action.Do != OpenStore {
		return r.Text
	}
	return l.stores[r.Action.Store].Name + ": " + r.Text
}
