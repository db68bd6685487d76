// Package demo plays the story of Lockbar on a throw-away store that two machines share: real processes that hold the lock here, the
// words and locks of a machine that is made up, takeovers, crashes, a forced unlock and its undo, a conflict. It promises to leave nothing behind, whatever way it ends, to touch no
// store but its own, and to reach its end whatever the user does to that one. How things are shown is its caller's business.
package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// Config says how the story is told.
type Config struct {
	Hostname string             // of this machine; empty: the system's
	Version  string             // of this Lockbar; not empty
	Pace     float64            // factor on the pauses; 0 is as fast as it can be seen
	Say      func(text string)  // narration
	Event    func(watch.Change) // what the watcher saw; may be called while Say is
	// Tray shows the store's icon until ctx ends, on the calling goroutine, and tells the other machine what runs here. Nil: there is
	// no desktop, and the stage tells it.
	Tray func(ctx context.Context, store *lockcore.Store, stateDir string) error
}

const (
	// pause is the time to read what happened: there are 18 acts, and the story takes about a minute and a half.
	pause = 4 * time.Second
	// longPause is for what Lockbar tells after ten seconds: a lock that was left behind (notify.Grace), and one that went without
	// another one in its place (watch.TakeoverTime).
	longPause = 12 * time.Second
)

// Play tells the story from beginning to end, or until ctx ends. A click in the tray does not end it, but for Quit.
func Play(ctx context.Context, c Config) (err error) {
	root, err := os.MkdirTemp("", "lockbar-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() {
		if e := os.RemoveAll(root); err == nil {
			err = e
		}
	}()
	s, err := newStage(root, c)
	if err != nil {
		return err
	}
	defer s.clear()
	return s.show(ctx)
}

// newStage makes an empty store. The state directories of both machines will be beside it.
func newStage(root string, c Config) (*stage, error) {
	dir, stateDir := filepath.Join(root, "iai-mcp"), filepath.Join(root, "state")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	host, err := hostname(c.Hostname)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	store, err := lockcore.Open(dir, lockcore.Options{Hostname: host, Machine: hereID, StateDir: stateDir})
	if err != nil {
		return nil, err
	}
	s := &stage{config: c, store: store, stateDir: stateDir, host: host, now: &watch.Change{}, seen: make(chan *watch.Change)}
	s.speaker.Machine, s.speaker.Version = hereID, c.Version
	word := &s.other.word
	word.Machine, word.Host, word.Version, word.Watching = thereID, otherHost(host), c.Version, true
	s.other.store, err = lockcore.Open(dir, lockcore.Options{Hostname: word.Host, Machine: thereID, StateDir: filepath.Join(root, "other")})
	return s, err
}

func hostname(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	return os.Hostname()
}

// otherHost is the name of the machine that takes over.
func otherHost(ours string) string {
	if lockcore.SameHost(ours, "mac-mini") {
		return "macbook"
	}
	return "mac-mini"
}
