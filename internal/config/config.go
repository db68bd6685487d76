// Package config reads and writes the one file of settings: which stores are watched, and what is told. People may edit it by
// hand: what it does not understand it keeps, and a file that it cannot read it never overwrites. It also finds the stores where
// nobody names one (FindStores). It knows neither the menu nor the commands, and opens no store.
//
//	{
//	  "stores": ["~/.iai-mcp"],
//	  "notify": {"takeover": true, "stale": true, "crashes": true, "contested": true, "corrupt": true, "resurrected": true, "away": true},
//	  "paused_until": "2026-11-22T20:00:00Z",
//	  "talk": false,
//	  "machine": "0123456789abcdef"
//	}
//
// The last key is the machine that saved it: those that share a home directory have settings each.
package config

import (
	"encoding/json"
	"fmt"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// Config is the content of the file. The zero value turns every notification off: begin with Default.
type Config struct {
	// Stores are the directories as the file has them, absolute or beginning with ~; the function Stores gives usable
	// paths. Empty: the file says nothing about stores.
	Stores []string
	Notify Notify
	// PausedUntil ends a pause of the notifications; zero if they are not paused.
	PausedUntil time.Time
	// Talk: a store that other machines share gets a file that tells them what runs here (lockcore.Announcement).
	Talk bool
	// Unknown are the keys that mean nothing to this version, as "notify.colour". They are kept.
	Unknown []string
}

// Default returns the settings of a file that says nothing.
func Default() Config {
	c := Config{Talk: true}
	for _, k := range Kinds() {
		*c.Notify.Switch(k) = true
	}
	return c
}

// Paused reports whether notifications are paused at the time now.
func (c Config) Paused(now time.Time) bool { return now.Before(c.PausedUntil) }

// Error describes a fault of the file, and its place.
type Error struct {
	Path    string
	Line    int // 1 is the first
	Problem string
}

func (e *Error) Error() string { return fmt.Sprintf("%s, line %d: %s", e.Path, e.Line, e.Problem) }

// maxSize bounds what is read: a hundred stores take 10 KB.
const maxSize = 1 << 20

// Load reads the file at path, or the one of this machine beside it. One that is not there, or is empty, says nothing: Default
// and nil. One that cannot be read gives Default and the error, which is an *Error where the content is bad.
func Load(path string) (Config, error) {
	f, err := find(path)
	if err != nil {
		return Default(), err
	}
	return f.parse()
}

// Update changes what the file at path says now, or the one of this machine beside it, and returns what it says then. What else
// stands there stays, in its order. A file that cannot be read, or holds what Load refuses, is not touched, and the error says so.
func Update(path string, change func(*Config)) (Config, error) {
	f, err := find(path)
	if err != nil {
		return Default(), notSaved(err)
	}
	c, err := f.parse()
	if err != nil {
		return Default(), notSaved(err)
	}
	change(&c)
	return c, save(f.target, f.data, c)
}

func notSaved(err error) error { return fmt.Errorf("the settings were not saved: %w", err) }

func save(path string, data []byte, c Config) error {
	out, err := merge(data, c)
	if err == nil {
		err = check(c)
	}
	if err == nil {
		err = fsx.Write(path, out, 0o600)
	}
	if err != nil {
		return notSaved(err)
	}
	return nil
}

// check refuses what Load would refuse.
func check(c Config) error {
	for _, s := range c.Stores {
		if err := checkStore(s); err != nil {
			return err
		}
	}
	return nil
}

// merge puts c into the object that data holds.
func merge(data []byte, c Config) ([]byte, error) {
	top, err := members(data, 0)
	if err != nil {
		return nil, err
	}
	notify, err := members(top.get(keyNotify), 0)
	if err != nil {
		return nil, err
	}
	for _, k := range Kinds() {
		notify = notify.set(string(k), *c.Notify.Switch(k))
	}
	stores := c.Stores
	if stores == nil {
		stores = []string{}
	}
	top = top.set(keyStores, stores).set(keyNotify, json.RawMessage(notify.encode())).set(keyMachine, machine.ID())
	if c.Talk {
		top = top.without(keyTalk)
	} else {
		top = top.set(keyTalk, false)
	}
	if c.PausedUntil.IsZero() {
		return indent(top.without(keyPaused).encode())
	}
	return indent(top.set(keyPaused, c.PausedUntil.UTC().Format(time.RFC3339)).encode())
}
