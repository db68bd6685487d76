// Package config reads and writes the settings file: which stores are watched, and which notifications are shown. Users may edit the file
// by hand: the package keeps unknown keys, and never overwrites a file that it cannot read. It also finds the stores if none is named
// (FindStores), and the services that start the daemon (Services). It does not know the menu or the commands, and reads no lock.
//
//	{
//	  "stores": ["~/.iai-mcp"],
//	  "notify": {"takeover": true, "stale": true, "crashes": true, "contested": true, "corrupt": true, "resurrected": true, "away": true},
//	  "paused_until": "2026-11-22T20:00:00Z",
//	  "talk": false,
//	  "machine": "0123456789abcdef"
//	}
//
// The key machine holds the ID of the machine that saved the file last: machines that share a home directory have separate settings.
package config

import (
	"encoding/json"
	"fmt"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// Config is the content of the file. The zero value turns every notification off, so start from Default.
type Config struct {
	// Stores lists the directories as the file spells them, absolute or beginning with ~; empty if the file has none. The
	// function Stores returns usable paths.
	Stores []string
	Notify Notify
	// PausedUntil ends a pause of the notifications; zero if they are not paused.
	PausedUntil time.Time
	// Talk allows a file in each shared store that tells the other machines what runs here (lockcore.Announcement).
	Talk bool
	// Unknown lists keys that this version does not know, such as "notify.colour". Update keeps them.
	Unknown []string
}

// Default returns the settings of an empty file.
func Default() Config {
	c := Config{Talk: true}
	for _, k := range Kinds() {
		*c.Notify.Switch(k) = true
	}
	return c
}

// Paused reports whether notifications are paused at the time now.
func (c Config) Paused(now time.Time) bool { return now.Before(c.PausedUntil) }

// Error describes a fault in the file and its line.
type Error struct {
	Path    string
	Line    int // 1 is the first
	Problem string
}

func (e *Error) Error() string { return fmt.Sprintf("%s, line %d: %s", e.Path, e.Line, e.Problem) }

// maxSize bounds the file, in bytes. A hundred stores take 10 KB.
const maxSize = 1 << 20

// Load reads the file at path, or this machine's own file beside it. For a missing or empty file it returns Default and nil. For a file
// that cannot be read it returns Default and the error, which is an *Error if the content is invalid.
func Load(path string) (Config, error) {
	f, err := find(path)
	if err != nil {
		return Default(), err
	}
	return f.parse()
}

// Update changes the current settings in the file at path, or in this machine's own file beside it, and returns the new ones. It keeps
// everything else in the file, in order. It returns an error and changes no file if Load cannot read the file or would refuse a store of
// the new settings or the size of the new file, or if the file cannot be written.
func Update(path string, change func(*Config)) (Config, error) {
	c := Default()
	f, err := find(path)
	if err == nil {
		c, err = f.parse()
	}
	if err == nil {
		change(&c)
		err = f.save(c)
	}
	if err != nil {
		return c, fmt.Errorf("the settings were not saved: %w", err)
	}
	return c, nil
}

// save writes the settings, unless Load would refuse one of their stores.
func (f file) save(c Config) error {
	for _, s := range c.Stores {
		if err := checkStore(s); err != nil {
			return err
		}
	}
	out, err := merge(f.data, c)
	if err != nil {
		return err
	}
	if len(out) > maxSize {
		return fmt.Errorf("%s would be larger than %d KiB, too large to be read again", f.target, maxSize>>10)
	}
	return fsx.Write(f.target, out, 0o600)
}

// merge returns the object in data with the settings of c in it.
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
