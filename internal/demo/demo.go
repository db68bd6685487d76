// Package demo plays the story of Lockbar on a temporary store that two machines share: real processes hold the lock here, and locks
// and announcements come from an imaginary machine. The story has takeovers, crashes, a forced unlock and its undo, and a conflict. The
// demo removes everything that it made, unless it is killed. It touches only its own store, and the story reaches its end whatever the
// user clicks, except Quit. The caller displays the story.
package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// Config configures the story.
type Config struct {
	Hostname string             // of this machine; empty: the system's
	Version  string             // of this Lockbar; not empty
	Pace     float64            // factor for the pauses; 0: no pauses
	Say      func(text string)  // receives the narration
	Event    func(watch.Change) // receives each event of the watcher; may run at the same time as Say
	// Tray shows the store's icon until ctx ends or the user quits, on the calling goroutine. It also announces to the other machine what
	// runs here. Nil means that no desktop shows icons; then the stage announces it.
	Tray func(ctx context.Context, store *lockcore.Store, stateDir string) error
}

const (
	// pause is the time to read about an act. There are 18 acts, and the story takes about two minutes.
	pause = 5 * time.Second
	// longPause is the time for what comes late, and to read it: the message about a stale lock (after notify.Grace), the event of a
	// lock that was released and not replaced (after watch.TakeoverTime), and the all clear after an alarm.
	longPause = 17 * time.Second
)

// Play tells the story to its end, or until ctx ends or the user clicks Quit in the tray. No other click ends it.
func Play(ctx context.Context, c Config) (err error) {
	root, err := os.MkdirTemp("", "lockbar-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() {
		if e := os.RemoveAll(root); e != nil && (err == nil || errors.Is(err, context.Canceled)) {
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

// newStage makes an empty store below root, beside the state directories of both machines.
func newStage(root string, c Config) (*stage, error) {
	dir, stateDir := filepath.Join(root, "iai-mcp"), filepath.Join(root, "state")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	host, err := os.Hostname()
	if c.Hostname != "" {
		host, err = c.Hostname, nil
	}
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

// otherHost returns the name of the other machine.
func otherHost(ours string) string {
	if lockcore.SameHost(ours, "mac-mini") {
		return "macbook"
	}
	return "mac-mini"
}
