package tray

import (
	"context"
	"runtime"
	"strings"
	"time"

	"lockbar/internal/desktop"
	"lockbar/internal/words"
	"lockbar/notify"
)

// click starts the work that a click asks for, in its own goroutine: the guard of a store may be busy for 10 s.
func (l *loop) click(ctx context.Context, a Action) {
	l.log.detail.Printf("click: %v of store %d", a.Do, a.Store)
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
		l.clickLock(ctx, a)
	}
}

// clickLock is a click that changes a store. It acts on what its item was drawn from, however long ago that was: lockcore
// refuses what is another lock by now.
func (l *loop) clickLock(ctx context.Context, a Action) {
	if l.busy[a.same()] { // a second click on the same item: the first one's result is on its way
		return
	}
	l.busy[a.same()] = true
	store, memory := l.config.Stores[a.Store], l.memories[a.Store]
	l.start(ctx, a, func(ctx context.Context) result { return change(ctx, store, a, memory) })
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
	delete(l.busy, r.Action.same())
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
