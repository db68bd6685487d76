package config

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// scriptStore reads a script of cmd.exe up to where it starts the daemon, and returns the store that it has set last; empty if none. The
// error is of a line that sets it in a way that is not understood.
func scriptStore(text string, env func(string) string) (store string, starts bool, err error) {
	for line := range strings.Lines(text) {
		// The installer's own lines end with CR CR LF.
		line = strings.TrimLeft(strings.TrimRight(line, "\r\n"), "@ \t")
		if isRemark(line) {
			continue
		}
		if value, sets, understood := setCommand(line, env); sets {
			store, err = value, nil
			if !understood {
				store, err = "", errors.New("how it sets "+StoreVariable+" is not understood: put the store into the config file too")
			}
			continue
		}
		if strings.Contains(line, daemonModule) {
			return store, true, err
		}
	}
	return store, false, err
}

func isRemark(line string) bool {
	word := strings.ToLower(firstWord(line))
	return word == "rem" || strings.HasPrefix(line, ":") // a label, or ::
}

func firstWord(line string) string {
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		return line[:i]
	}
	return line
}

// setCommand reads a line that sets the store: set NAME=VALUE, or set "NAME=VALUE", where the last quotation mark ends the value.
func setCommand(line string, env func(string) string) (value string, sets, understood bool) {
	if upper := strings.ToUpper(line); !strings.Contains(upper, StoreVariable+"=") || !strings.Contains(upper, "SET") {
		return "", false, false
	}
	const verb = "set"
	if !strings.EqualFold(firstWord(line), verb) { // behind an if, or after another command
		return "", true, false
	}
	assigned := strings.TrimLeft(line[len(verb):], " \t")
	if quoted, ok := strings.CutPrefix(assigned, `"`); ok {
		end := strings.LastIndexByte(quoted, '"')
		if end < 0 || strings.TrimSpace(quoted[end+1:]) != "" {
			return "", true, false
		}
		assigned = quoted[:end]
	} else if strings.ContainsAny(assigned, "&|<>^") { // more than one command
		return "", true, false
	}
	if !hasPrefixFold(assigned, StoreVariable+"=") {
		return "", true, false
	}
	value = expandPercent(assigned[len(StoreVariable)+1:], env)
	return value, true, utf8.ValidString(value) && !strings.ContainsAny(value, `%!"`)
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// expandPercent replaces %NAME% by what the environment says. What it does not know stays.
func expandPercent(s string, env func(string) string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "%")
		name, after, closed := strings.Cut(rest, "%")
		value := env(name)
		switch b.WriteString(before); {
		case !found:
			return b.String()
		case closed && name != "" && value != "":
			b.WriteString(value)
			s = after
		default:
			b.WriteByte('%')
			s = rest
		}
	}
}

// decoded returns the text of a file that is UTF-16 or UTF-8, whatever it says that it is. Without a byte order mark the zero bytes tell:
// the first character of each of these files is one of ASCII.
func decoded(data []byte) string {
	order := binary.ByteOrder(nil)
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), len(data) > 1 && data[1] == 0:
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}), len(data) > 1 && data[0] == 0:
		order = binary.BigEndian
	default:
		return strings.TrimPrefix(string(data), "\ufeff")
	}
	text := make([]uint16, len(data)/2)
	for i := range text {
		text[i] = order.Uint16(data[2*i:])
	}
	return strings.TrimPrefix(string(utf16.Decode(text)), "\ufeff")
}
