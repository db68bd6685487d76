package tray

import (
	"context"
	"slices"
	"sync"
	"time"

	"lockbar/notify"
)

const (
	// endTime bounds the end: at logout and shutdown no system waits long for an app.
	endTime = 900 * time.Millisecond
	// loopTime bounds the loop's part of it.
	loopTime = 300 * time.Millisecond
)

// app holds all that runs beside the main goroutine, which is systray's.
type app struct {
	cancel   context.CancelCauseFunc
	displays chan display  // gets the one there is
	over     chan struct{} // closed when the loop gives the keeper nothing more
	saves    chan chan<- struct{}
	loop     sync.WaitGroup
	helpers  sync.WaitGroup
	// end stops all of it and returns in endTime; any number of calls are one. It is called in systray's onExit and again when
	// systray has returned: macOS ends the process (terminate:, at a quit by Apple event and at logout) without returning, and
	// its systray.Quit does not call onExit.
	//
	// On macOS and Windows the caller may be the thread that draws the menu, for which the loop waits when it draws. Then it never comes
	// back, and is left. Nothing is lost with it: what there is to write was handed over before it drew. A change of a lock may
	// be cut off in the same way. Each of its steps is on disk before the next, so that is safe at any point.
	end func()
}

// startApp starts the loop, which waits for its display, and all that it listens to. quit ends systray when the loop has ended.
func startApp(ctx context.Context, cancel context.CancelCauseFunc, l *loop, quit func()) *app {
	a := &app{cancel: cancel, displays: make(chan display, 1), over: make(chan struct{}), saves: make(chan chan<- struct{})}
	a.end = sync.OnceFunc(a.stop)
	keeper := newKeeper(l.config.StateDir, l.log, func(letter notify.Letter) error { return l.hand(ctx, letter) })
	a.helpers.Go(func() { keeper.run(a.over, l.jobs, a.saves) })
	memories := slices.Clone(l.memories) // from now on the loop's own
	a.helpers.Go(func() { l.watch(ctx, cancel, memories) })
	a.helpers.Go(func() { l.deliver(ctx) })
	a.loop.Go(func() {
		select {
		case d := <-a.displays:
			cancel(l.run(ctx, d))
			go quit() // on Windows systray's calls onExit itself, which waits for the loop
		case <-a.over:
		}
	})
	return a
}

// save has the keeper write what it was given, and returns in endTime.
func (a *app) save() {
	late, saved := time.After(endTime), make(chan struct{})
	select {
	case a.saves <- saved:
	case <-late:
		return
	}
	select {
	case <-saved:
	case <-late:
	}
}

func (a *app) stop() {
	late := time.After(endTime)
	a.cancel(nil)
	within(time.After(loopTime), a.loop.Wait)
	close(a.over)
	within(late, a.helpers.Wait)
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

// finish waits for the work of clicks, but not long: on a dead mount it may hang for ever. A change of a lock gets more time, since
// the user should hear how it ended.
func (l *loop) finish() {
	l.leave(time.Now())
	limit := loopTime
	if len(l.busy) > 0 {
		limit = workTime
	}
	if !within(time.After(limit), l.work.Wait) {
		l.log.trouble.Print("something hangs and is left at the end")
	}
}
