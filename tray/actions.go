package tray

import (
	"cmp"
	"context"
	"errors"
	"time"

	"lockbar/internal/desktop"
	"lockbar/internal/doctor"
	"lockbar/internal/words"
	"lockbar/internal/zone"
	"lockbar/lockcore"
	"lockbar/notify"
)

// click handles a click. Work that may block runs in a separate goroutine: the guard of a store may be busy for 10 s.
func (l *loop) click(ctx context.Context, a action) {
	l.log.detail.Printf("click: %v of store %d", a.Do, a.Store)
	switch a.Do {
	case doCopyDetails:
		text := l.details(zone.Of(time.Now()))
		l.start(ctx, a, func(ctx context.Context) result {
			return copied("details for a problem report", desktop.Copy(ctx, text))
		})
	case doCopyCommand:
		l.start(ctx, a, func(ctx context.Context) result { return l.config.copyCommand(ctx, a.Command) })
	case doOpenStore:
		dir := l.config.Stores[a.Store].Dir()
		l.start(ctx, a, func(ctx context.Context) result { return openStore(ctx, dir) })
	case doOpenHistory:
		looks := l.looksNow()
		l.start(ctx, a, func(ctx context.Context) result { return l.openHistory(ctx, looks) })
	case doToggle, doToggleTalk, doPauseHour, doPauseTomorrow, doResume:
		l.start(ctx, a, func(context.Context) result { return changeSettings(l.config.Settings, a, zone.Of(time.Now())) })
	case doToggleLogin:
		was := l.settings.Login
		l.start(ctx, a, func(context.Context) result { return changeLogin(was) })
	case doAsk:
		l.ask(a)
	case doStopDaemon, doStartDaemon:
		l.clickDaemon(ctx, a)
	case doSendTest:
		l.answer(testMessage(l.settings, zone.Of(time.Now())))
		l.notice = lastClick{testSent(notify.CurrentRoute()), time.Now(), doSendTest}
	default:
		l.clickLock(ctx, a)
	}
}

// clickLock starts a clicked change of a lock. The change acts on the snapshot from which its menu item was drawn, however old: lockcore
// refuses it if there is a different lock now.
func (l *loop) clickLock(ctx context.Context, a action) {
	if l.busy[a.same()] { // a second click on the same item while the first one is still handled
		return
	}
	l.busy[a.same()] = true
	store, memory := l.config.Stores[a.Store], l.memories[a.Store]
	l.startChange(ctx, a, func(ctx context.Context) result { return change(ctx, store, a, memory) })
}

// workTime bounds one change: the guard is tried for 10 s, and a read takes at most 2 s.
const workTime = 20 * time.Second

// startChange runs a change of a store in a separate goroutine, after the changes that were started before.
func (l *loop) startChange(ctx context.Context, a action, work func(context.Context) result) {
	before, done := l.changing[a.Store], make(chan struct{})
	l.changing[a.Store] = done
	l.start(ctx, a, func(ctx context.Context) result {
		defer close(done)
		if before != nil {
			<-before // otherwise a second Force Unlock that is still reading would remove what Undo puts back
		}
		ctx, cancel := context.WithTimeout(ctx, workTime)
		defer cancel()
		return work(ctx)
	})
}

// start runs work in a separate goroutine, which sends the result to the loop.
func (l *loop) start(ctx context.Context, a action, work func(context.Context) result) {
	l.work.Go(func() {
		r := work(ctx)
		r.Action = a
		send(ctx, l.results, r)
	})
}

// clickDone applies the result of a click, or of putting a lock back. It shows the result in the menu. It also sends a message if the
// click was in a message, or if the result has a title and notifications are not paused.
func (l *loop) clickDone(ctx context.Context, r result) {
	delete(l.busy, r.Action.same())
	now := time.Now()
	if r.LostLock != nil {
		l.log.note("a lock was not put back", r.Err)
		l.tellLost(*r.LostLock)
		return
	}
	l.log.note("a click failed", r.Err)
	if r.Settings != nil {
		l.apply(*r.Settings, now)
		l.settingsClicked = !l.readStart.IsZero()
	}
	if r.Settings != nil || r.Action.Do == doToggleLogin {
		l.refresh(ctx)
	}
	if r.Action.InMessage && r.Title == "" {
		r.Title, r.Icon = "Lockbar", iconOf(l.stores)
	}
	if r.Action.Do == doUndo && r.Err == nil {
		l.removed = lockcore.Backup{}
	}
	if (r.Action.Do == doUndo) == (r.Err == nil) && r.Action.Do.changesLock() { // the store is as it was when the message was shown
		l.bringBack(l.config.Stores[r.Action.Store].Identity())
	}
	if r.Action.Do.isService() {
		l.stores[r.Action.Store].Doing = doNothing
		if r.Err != nil {
			l.bringBack(l.config.Stores[r.Action.Store].Identity())
		}
	}
	short, name := l.naming(r)
	l.notice = lastClick{short + r.Text, now, r.Action.Do}
	if r.Title != "" && (r.Action.InMessage || !l.settings.paused(now)) {
		slot := notify.AnswerSlot
		if r.Action.Do == doPutBack { // nobody clicked; another store may lose its lock at the same moment
			slot += " " + l.config.Stores[r.Action.Store].Identity()
		}
		l.sendOnce(slot, l.answerTo(r, name+cmp.Or(r.Said, r.Text)+"."))
	}
}

// answerTo returns the message about the result of a click. If a lock was removed, the message offers Undo.
func (l *loop) answerTo(r result, text string) notify.Message {
	m := notify.Message{Title: r.Title, Body: text, Icon: r.Icon}
	if r.Undo.Path != "" {
		l.recheckUndo, l.removed = true, r.Undo
		m.Body, m.Plain = text+" To take it back, choose "+notify.UndoLabel+" here or in the Lockbar menu.", text+" Undo in the Lockbar menu."
		m.Buttons = []notify.Button{{Do: notify.Undo, Label: notify.UndoLabel, Store: l.config.Stores[r.Action.Store].Identity(), Lock: r.Undo.Path}}
	}
	return m
}

// naming returns the prefixes of the line and the message about a result: the store's name if the result is about one of several stores.
func (l *loop) naming(r result) (short, name string) {
	if len(l.stores) == 1 || r.Text == "" {
		return "", ""
	}
	if do := r.Action.Do; !do.changesLock() && !do.isService() && do != doOpenStore && do != doPutBack {
		return "", ""
	}
	s := l.stores[r.Action.Store]
	return s.Short + ": ", s.Name + ": "
}

// details returns the text of Copy Details.
func (l *loop) details(now time.Time) string {
	c := l.config
	text := doctor.ProgramDetails(c.Version, c.Commit, c.StateDir, now) + doctor.NotificationDetails(l.delivery)
	for _, s := range l.stores {
		text += "\n" + doctor.StoreDetails(s.Snapshot, s.Health, now)
	}
	return text
}

// openStore shows the store in the file manager.
func openStore(ctx context.Context, dir string) result {
	err := desktop.Open(ctx, dir)
	if errors.Is(err, desktop.ErrMissing) {
		return result{Text: "The store does not exist", Err: err}
	}
	return opened("The store", err)
}

func opened(what string, err error) result {
	if err != nil {
		return result{Text: what + " could not be opened: " + words.Cause(err), Err: err}
	}
	return result{}
}

// change makes the change that a click requests and returns its result.
func change(ctx context.Context, s *lockcore.Store, a action, m lockcore.Memory) result {
	switch a.Do {
	case doUndo:
		c, err := s.Restore(ctx, a.Seen.Last, m)
		r := restored(c, err)
		if err == nil {
			r.Icon = words.SignOf(s.Inspect(ctx, m).State).Icon // the restored lock may be in another state by now
		}
		return r
	case doSetAside:
		c, err := s.SetAside(ctx, a.Seen.Snapshot, m)
		return setAside(c, err)
	}
	c, err := s.ForceUnlock(ctx, a.Seen.Snapshot, m, a.Do == doUnlockClaimed)
	return unlocked(c, err).stopsNothing(a.Seen.Snapshot.State)
}
