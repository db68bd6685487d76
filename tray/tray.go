// Package tray is the app in the menu bar: it shows what the watcher sees and does what is clicked in its menu.
//
// A pure function (render) makes the view, which is data, from the input, which includes the time. One goroutine, the loop, owns the
// state; looks, clicks and results come to it through channels. Only systray.go draws (on Linux beforeRun sets the first icon), only
// bus_unix.go uses the session bus, only mac_darwin.m AppKit, and only window_windows.go the window of the icon. The package decides
// nothing about locks (lockcore does), nor which event is worth a message (notify does).
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
	// ErrNoDesktop means that there is no desktop session to show an icon in.
	ErrNoDesktop = errors.New("there is no desktop session here to show an icon in; `lockbar watch` shows the same in a terminal")
	// errBusLost means that the desktop session or its message bus ended, and the icon with it.
	errBusLost = errors.New("the desktop session's message bus is gone, and the icon with it; start lockbar again in a new session")
	// errNoIcon means that the desktop accepted no icon.
	errNoIcon = errors.New("the desktop accepted no icon; start lockbar again once the taskbar is running")
	// ErrRunning means that another Lockbar runs with this state directory, whatever stores it shows.
	ErrRunning = errors.New("lockbar is already running for this state directory")
)

// Config holds what the app shows and where it keeps its state.
type Config struct {
	Stores   []*lockcore.Store // at least one
	StateDir string            // history, backups and a lock against a second instance; empty: this system has no place for them
	Settings string            // the settings file; empty: this system has no place for one
	Version  string
	Commit   string
	// AtTerminal is set if somebody at a terminal waits for the icon. Otherwise the app may start with the desktop, whose panel takes longer.
	AtTerminal bool
	Verbose    bool // log what happens to stderr, not only what fails
	Demo       bool // marks messages, tooltip and menu; Start at Login is not offered: it would start the app on the user's own store
}

// Run shows the icon until ctx ends or the user quits; then it returns nil. The main goroutine must call it: macOS
// draws on no other thread, and may end the process instead of returning. Run may be called once per process.
//
// It returns ErrNoDesktop, ErrRunning, errors.ErrUnsupported if this build has no tray, an error if the desktop accepted no icon or
// ended, or the error of the watcher.
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

// hooks holds the functions that runSystray calls, and the channels for its hints. Clicks have another channel.
type hooks struct {
	opened, closed chan<- struct{} // receive a hint when the menu opened or closed, if the system reports it
	giveUp         func(error)     // ends the app with an error
	note           func(error)     // logs an error that does not end the app; ignores nil
	save           func()          // writes pending data at once, since the session may end
	exit           func()          // called when systray ends, on macOS not after quitSystray; there runSystray may never return after it
}

// run starts the app, shows the icon, and waits for the end of both.
func run(parent context.Context, l *loop, bus *bus) error {
	ctx, cancel := context.WithCancelCause(parent)
	l.begin()
	a := startApp(ctx, cancel, l, quitSystray)
	a.helpers.Go(func() { bus.watch(ctx, cancel, l.panels, l.panelNews, l.config.patience()) })
	l.firstLooks(ctx)
	err := runSystray(l.view(), l.clicks, a.displays, hooks{l.opened, l.closed, cancel, func(err error) { l.log.note("icon", err) }, a.save, a.end})
	cancel(err) // the tray may have ended by itself
	a.end()
	return outcome(parent, ctx)
}

// outcome returns the error that ended the tray; nil if the user quit or parent ended.
func outcome(parent, ctx context.Context) error {
	cause := context.Cause(ctx)
	if parent.Err() != nil || errors.Is(cause, context.Canceled) {
		return nil
	}
	return cause
}

// onlyInstance makes the state directory and takes its locks. The error is ErrRunning if another Lockbar has one of them. A demo has a new
// state directory each time, so it needs only the first lock.
func (c Config) onlyInstance(log logs) (state.Instance, error) {
	log.note("no state directory", os.MkdirAll(c.StateDir, 0o700))
	locks := state.InstanceLocks(c.StateDir)
	if c.Demo {
		locks = locks[:1]
	}
	held, err := state.LockInstance(locks, func(err error) { log.note("a second Lockbar may not be noticed", err) })
	if errors.Is(err, fsx.ErrLocked) {
		err = ErrRunning
	}
	return held, err
}

// logs holds the loggers, for a terminal and for bug reports: trouble always writes, detail only with --verbose. Text from outside
// is quoted (%q): a host's name may hold escape sequences.
type logs struct{ trouble, detail *log.Logger }

func newLogs(w io.Writer, verbose bool) logs {
	l := logs{log.New(w, "lockbar: ", log.LstdFlags|log.Lmsgprefix), log.New(io.Discard, "", 0)}
	if verbose {
		l.detail = l.trouble
	}
	return l
}

// quietLibraries sends the standard logger, which systray uses, to detail: it logs even that no panel runs yet.
func (l logs) quietLibraries() {
	log.SetFlags(0)
	log.SetOutput(l.detail.Writer())
}

// note logs an error under a few words. It ignores nil, and work that the end of the app interrupted.
func (l logs) note(what string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		l.trouble.Printf("%s: %q", what, err)
	}
}
