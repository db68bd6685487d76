package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	keyStores = "stores"
	keyNotify = "notify"
	keyPaused = "paused_until"
	keyTalk   = "talk"
	// keyMachine holds the ID of the machine that saved the file last.
	keyMachine = "machine"
)

// A fault describes a problem at an offset of the file.
type fault struct {
	offset  int
	problem string
}

func (f *fault) Error() string { return f.problem }

// at adds the path and the line to a fault.
func at(path string, data []byte, err error) error {
	f, ok := errors.AsType[*fault](err)
	if !ok {
		return fmt.Errorf("%s: %w", path, err)
	}
	before := data[:min(f.offset, len(data))]
	return &Error{Path: path, Line: 1 + bytes.Count(before, []byte{'\n'}), Problem: f.problem}
}

// A reader reads the value of one key.
type reader func(*Config, member) error

// readers has one row for each known key.
var readers = map[string]reader{
	keyStores:  readStores,
	keyNotify:  readNotify,
	keyPaused:  readPaused,
	keyTalk:    func(c *Config, m member) error { return m.read(&c.Talk) },
	keyMachine: readMachine,
}

func parse(data []byte) (Config, error) { return parseKeys(data, readers) }

func parseKeys(data []byte, readers map[string]reader) (Config, error) {
	c := Default()
	top, err := members(data, 0)
	if err != nil {
		return c, err
	}
	for _, m := range top.lastOfEach() {
		reader, known := readers[m.key]
		if !known {
			c.Unknown = append(c.Unknown, m.key)
			continue
		}
		if err := reader(&c, m); err != nil {
			return c, err
		}
	}
	return c, nil
}

func readStores(c *Config, m member) error {
	var list []*string
	if json.Unmarshal(m.value, &list) != nil || slices.Contains(list, nil) {
		return m.fault(`"stores" must be a list of paths, such as ["~/.iai-mcp"]`)
	}
	// Package json replaces bytes that are not UTF-8, and lone surrogates, by U+FFFD: then the list names other directories.
	if slices.ContainsFunc(list, func(s *string) bool { return strings.ContainsRune(*s, utf8.RuneError) }) {
		return m.fault(`"stores" has a path that is not UTF-8, so rename that directory`)
	}
	c.Stores = nil
	for _, s := range list {
		if err := checkStore(*s); err != nil {
			return m.fault(err.Error())
		}
		c.Stores = append(c.Stores, *s)
	}
	return nil
}

func readNotify(c *Config, m member) error {
	if m.value[0] != '{' {
		return m.fault(`"notify" must be an object, such as {"takeover": true}`)
	}
	list, err := members(m.value, m.offset)
	if err != nil {
		return err
	}
	for _, n := range list.lastOfEach() {
		on := c.Notify.Switch(Kind(n.key))
		if on == nil {
			c.Unknown = append(c.Unknown, keyNotify+"."+n.key)
			continue
		}
		if err := n.read(on); err != nil {
			return err
		}
	}
	return nil
}

// read sets a switch to the value of a member.
func (m member) read(on *bool) error {
	text := string(m.value)
	if text != "true" && text != "false" {
		return m.fault(fmt.Sprintf("%q must be true or false, not %s", m.key, text))
	}
	*on = text == "true"
	return nil
}

// readMachine only checks the value, which find has already used.
func readMachine(_ *Config, m member) error {
	var id string
	if json.Unmarshal(m.value, &id) != nil {
		return m.fault(fmt.Sprintf(`"machine" must be the id that Lockbar wrote, or be left out, not %s`, m.value))
	}
	return nil
}

func readPaused(c *Config, m member) error {
	c.PausedUntil = time.Time{}
	if string(m.value) == "null" {
		return nil
	}
	var text string
	if json.Unmarshal(m.value, &text) == nil {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			c.PausedUntil = t
			return nil
		}
	}
	return m.fault(fmt.Sprintf(`"paused_until" must be a time such as "2026-11-22T20:00:00Z", or null, not %s`, m.value))
}
