// Package tray is the app in the menu bar: it shows what the watcher sees and does what its menu is asked for.
//
// What is shown is data (view), made by a pure function (render) from what is known (input). One goroutine, the loop, owns
// what is known; looks, clicks, results and the clock come to it as small values. Only systray.go draws, only bus_unix.go
// speaks to the session bus, only mac_darwin.m to AppKit, and only window_windows.go to the window of the icon. The package decides nothing about locks (lockcore does) and
// about notifications (notify does).
package tray

import (
	"context"
	"errors"
	"io"
	"log"
	"os"

	"lockbar/internal/fsx"
	"lockbar/internal/state"
	"lockbar/lockcore"
)

var (
	// ErrNoDesktop says that there is no desktop session to show an icon in.
	ErrNoDesktop = errors.New("there is no desktop session here to show an icon in; `lockbar watch` shows the same in a terminal")
	// errBusLost says that the desktop session ended, or its message bus did, and took the icon along.
	errBusLost = errors.New("the desktop session's message bus is gone, and the icon with it; start lockbar again in a new session")
	// errNoIcon says that there is a desktop, and it took no icon.
	errNoIcon = errors.New("the desktop has taken no icon; start lockbar again when its taskbar is there")
	// ErrRunning says that another Lockbar shows these stores.
	ErrRunning = errors.New("lockbar is already running for this state directory")
)

// Config says what the app shows.
type Config struct {
	Stores   []*lockcore.Store // at least one
	StateDir string            // local; the lock against a second instance lies there
	Settings string            // the file with the user's choices; empty: there is no place for one
	Version  string
	Commit   string
	// AtTerminal: somebody sits there and waits for the icon. Else it starts with the desktop, whose panel may take longer.
	AtTerminal bool
	Verbose    bool // log to stderr what happens, not only what fails
	Demo       bool // all texts say that it is one; Start at Login is not offered: it would start the app on the user's own store
}

// Run shows the icon until ctx ends or somebody quits; then it gives nil. It must be called by the main goroutine: macOS
// draws on no other thread, and may end the process instead of returning. One Run per process.
//
// Errors: ErrNoDesktop, ErrRunning, errors.ErrUnsupported where this program has no tray, that the desktop took no icon or took it
// along, or that of the watcher.
func Run(ctx context.Context, c Config) error {
	log := newLogs(os.Stderr, c.Verbose)
	log.quietLibraries()
	if !hasWindowServer() {
		return ErrNoDesktop
	}
	only, err := c.onlyInstance(log)
	if err != nil {
		return err
	}
	defer only.Close()
	bus, err := openBus(ctx, log)
	if err != nil {
		return err
	}
	defer bus.Close()
	return run(ctx, newLoop(c, log), bus)
}

// hooks lead from the tray to the app, beside the clicks.
type hooks struct {
	opened, closed chan<- struct{} // get a hint when the menu was, where the system tells
	fail           func(error)     // ends the app, with errNoIcon
	failed         func(error)     // notes what goes less well without its end; nil is nothing
	save           func()          // is called where the session may end: it writes what waits to be written, and returns soon
	exit           func()          // is called at the end, on most ways there; on macOS runSystray may never return then
}

// run starts what the loop listens to, shows the icon, and waits for all of it.
func run(parent context.Context, l *loop, bus *bus) error {
	ctx, cancel := context.WithCancelCause(parent)
	l.begin()
	a := startApp(ctx, cancel, l, quitSystray)
	a.helpers.Go(func() { bus.watch(ctx, cancel, l.panels, l.panelNews, l.config.patience()) })
	l.firstLooks(ctx)
	err := runSystray(l.view(), l.clicks, a.displays, hooks{l.opened, l.closed, cancel, func(err error) { l.log.failed("icon", err) }, a.save, a.end})
	cancel(err) // the tray may have ended by itself
	a.end()
	return outcome(parent, ctx)
}

// outcome returns why the tray ended; nil if it was asked to end.
func outcome(parent, ctx context.Context) error {
	cause := context.Cause(ctx)
	if parent.Err() != nil || errors.Is(cause, context.Canceled) {
		return nil
	}
	return cause
}

// onlyInstance makes the state directory, and this process the one Lockbar of it. The error is ErrRunning if another one has it. A demo
// has a new state directory each time, so it needs the first lock alone.
func (c Config) onlyInstance(log logs) (state.Instance, error) {
	log.failed("no state directory", os.MkdirAll(c.StateDir, 0o700))
	locks := state.InstanceLocks(c.StateDir)
	if c.Demo {
		locks = locks[:1]
	}
	held, err := state.LockInstance(locks, func(err error) { log.failed("a second Lockbar may not be noticed", err) })
	if errors.Is(err, fsx.ErrLocked) {
		err = ErrRunning
	}
	return held, err
}

// logs are for a terminal and for bug reports: trouble always, and with --verbose what happens. Whatever is not ours to word
// is quoted (%q): a host's name may hold escape sequences.
type logs struct{ trouble, detail *log.Logger }

func newLogs(w io.Writer, verbose bool) logs {
	l := logs{log.New(w, "lockbar: ", log.LstdFlags|log.Lmsgprefix), log.New(io.Discard, "", 0)}
	if verbose {
		l.detail = l.trouble
	}
	return l
}

// quietLibraries makes the standard logger, to which systray writes, a detail: that no panel is there yet is no trouble.
func (l logs) quietLibraries() {
	log.SetFlags(0)
	log.SetOutput(l.detail.Writer())
}

// failed notes the trouble in err, if there is any, under a few words. What the end of the app cut off is none.
func (l logs) failed(what string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		l.trouble.Printf("%s: %q", what, err)
	}
}
