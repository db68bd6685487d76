package tray

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lockbar/internal/machine"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

var (
	// ErrNoDesktop: there is no desktop session to show an icon in.
	ErrNoDesktop = errors.New("there is no desktop session here to show an icon in; `lockbar watch` shows the same in a terminal")
	// ErrBusLost: the desktop session ended, or its message bus did, and took the icon along.
	ErrBusLost = errors.New("the desktop session's message bus is gone, and the icon with it; start lockbar again in a new session")
	// ErrNoIcon: there is a desktop, and it took no icon.
	ErrNoIcon = errors.New("the desktop has taken no icon; start lockbar again when its taskbar is there")
	// ErrRunning: another Lockbar shows these stores.
	ErrRunning = errors.New("lockbar is already running for this state directory")
)

// Config says what the app shows.
type Config struct {
	Stores   []*lockcore.Store // at least one
	StateDir string            // local; the lock against a second instance lies there
	Settings string            // the file with the user's choices; empty: there is no place for one
	Version  string
	Commit   string
	Verbose  bool // log to stderr what happens, not only what fails
	Demo     bool // Start at Login is not offered: it would start the app on the user's own store
}

// Run shows the icon until ctx ends or somebody quits; then it gives nil. It must be called by the main goroutine: macOS
// draws on no other thread, and may end the process instead of returning. One Run per process.
//
// Errors: ErrNoDesktop, ErrBusLost, ErrNoIcon, ErrRunning, errors.ErrUnsupported where this program has no tray, or that of the watcher.
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

// run starts what the loop listens to, shows the icon, and waits for all of it.
func run(parent context.Context, l *loop, bus *bus) error {
	ctx, cancel := context.WithCancelCause(parent)
	l.begin(time.Now())
	a := startApp(ctx, cancel, l, quitSystray)
	a.helpers.Go(func() { bus.watch(ctx, cancel, l.panels) })
	l.firstLooks(ctx)
	l.handOver()
	err := runSystray(l.view(), l.clicks, l.opened, a.displays, cancel, a.end)
	cancel(err) // the tray may have ended by itself
	a.end()
	return outcome(parent, ctx)
}

// outcome is why it ended: nil for who was asked to end.
func outcome(parent, ctx context.Context) error {
	cause := context.Cause(ctx)
	if parent.Err() != nil || errors.Is(cause, context.Canceled) {
		return nil
	}
	return cause
}

// nameRunes is how much of a store's path a menu shows: its end, which tells stores apart.
const nameRunes = 50

// storeNames are short forms of the stores' paths.
func storeNames(stores []*lockcore.Store) []string {
	home := machine.Home() // without one paths stay whole
	names := make([]string, len(stores))
	for i, s := range stores {
		names[i] = shortPath(s.Dir(), home)
	}
	return names
}

func shortPath(path, home string) string {
	if home != "" {
		if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok {
			path = filepath.Join("~", rest)
		}
	}
	if runes := []rune(path); len(runes) > nameRunes {
		path = "…" + string(runes[len(runes)-nameRunes+1:])
	}
	return words.Clean(path)
}
