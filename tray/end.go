package tray

import (
	"context"
	"slices"
	"sync"
	"time"

	"lockbar/notify"
)

const (
	// endTime bounds app.end and app.save: at logout and shutdown no system waits long for an app.
	endTime = 900 * time.Millisecond
	// loopTime bounds the time that app.end waits for the loop, and that the loop waits for its work unless that is a clicked change (finish).
	loopTime = 300 * time.Millisecond
)

// app controls the goroutines that run beside systray's main goroutine.
type app struct {
	cancel   context.CancelCauseFunc
	displays chan display         // receives the display, once
	stopped  chan struct{}        // closed when the loop gives the keeper no more jobs
	saves    chan chan<- struct{} // see keeper.run
	loop     sync.WaitGroup
	helpers  sync.WaitGroup
	// end stops everything and returns within endTime. Only the first call has an effect. It is called in systray's onExit and again
	// when systray has returned. Both are needed: at a quit by Apple event and at logout macOS ends the process (terminate:) without
	// returning, and on macOS systray.Quit does not call onExit.
	//
	// On macOS and Windows the caller may be the thread that draws the menu, for which the loop waits when it draws. Then the loop never
	// returns, and end abandons it. Nothing is lost: before it drew, the loop gave the keeper all that is to be written. A change of a
	// lock may be interrupted in the same way. That is safe at any point, since each of its steps is on disk before the next.
	end func()
}

// startApp starts the loop, which waits for its display, and the sources of its events. It calls quit, which ends systray, when the
// loop has ended.
func startApp(ctx context.Context, cancel context.CancelCauseFunc, l *loop, quit func()) *app {
	a := &app{cancel: cancel, displays: make(chan display, 1), stopped: make(chan struct{}), saves: make(chan chan<- struct{})}
	a.end = sync.OnceFunc(a.stop)
	keeper := newKeeper(l.config.StateDir, l.log, func(letter notify.Letter) error { return l.sendLetter(ctx, letter) })
	a.helpers.Go(func() { keeper.run(a.stopped, l.jobs, a.saves) })
	memories := slices.Clone(l.memories) // from now on l.memories belongs to the loop
	a.helpers.Go(func() { l.watch(ctx, cancel, memories) })
	a.helpers.Go(func() { l.deliver(ctx) })
	a.loop.Go(func() {
		select {
		case d := <-a.displays:
			cancel(l.run(ctx, d))
			go quit() // on Windows systray.Quit calls onExit itself, which waits for the loop
		case <-a.stopped:
		}
	})
	return a
}

// save makes the keeper write the jobs that it was given, and returns within endTime.
func (a *app) save() {
	timeout, saved := time.After(endTime), make(chan struct{})
	select {
	case a.saves <- saved:
	case <-timeout:
		return
	}
	select {
	case <-saved:
	case <-timeout:
	}
}

func (a *app) stop() {
	timeout := time.After(endTime)
	a.cancel(nil)
	within(time.After(loopTime), a.loop.Wait)
	close(a.stopped)
	within(timeout, a.helpers.Wait)
}

// within reports whether wait returned before the limit.
func within(limit <-chan time.Time, wait func()) bool {
	done := make(chan struct{})
	go func() { wait(); close(done) }()
	select {
	case <-done:
		return true
	case <-limit:
		return false
	}
}

// finish writes the last announcements and waits for the work that is under way, but only briefly: on a dead mount it may hang for ever.
// It waits longer for a clicked change of a lock, so that Quit does not interrupt that.
func (l *loop) finish() {
	l.announceEnd(time.Now())
	limit := loopTime
	if len(l.busy) > 0 {
		limit = workTime
	}
	if !within(time.After(limit), l.work.Wait) {
		l.log.trouble.Print("some work hangs; Lockbar ends without it")
	}
}
