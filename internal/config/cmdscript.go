package config

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"lockbar/lockcore"
)

// These expressions match the lines of a cmd.exe script that scriptStore understands, besides the one that runs the daemon: an assignment
// in quotation marks, and lines that change no variable. The installer writes such lines. A remark that ends with a caret continues in
// the next line.
var (
	assignment = regexp.MustCompile(`(?i)^set "([^"%!/=]+)=([^"]*)"$`)
	harmless   = regexp.MustCompile(`(?i)^(echo off|(rem\b|::)(.*[^^])?|if not exist "[^"]*" mkdir "[^"]*")?$`)
)

// scriptStore reads a script up to the line that runs the daemon, and returns the store that the script sets last; empty if it sets none.
// It returns an error if it does not understand an earlier line, which might change the store, or if it finds no line that runs the
// daemon. starts reports whether a line at least mentions running the daemon.
func scriptStore(text string) (store string, starts bool, err error) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		// The installer's own lines end with CR CR LF.
		line = strings.TrimLeft(strings.TrimRight(line, "\r\n"), "@ \t")
		set := assignment.FindStringSubmatch(line)
		switch {
		case runsDaemon(line):
			store, problem := understood(store)
			return store, true, cmp.Or(err, problem)
		case harmless.MatchString(line):
			continue
		case set == nil:
			err = cmp.Or(err, fmt.Errorf("its line %d is not understood, and may set %s: put the store into the config file too", number, StoreVariable))
		case strings.EqualFold(set[1], StoreVariable):
			store = set[2]
		}
		starts = starts || mentionsRun(line)
	}
	store, problem := understood(store)
	return store, starts, cmp.Or(err, problem, errors.New("how it starts the daemon is not understood: put the store into the config file too"))
}

// understood returns the store, or an error if it has variables, delayed expansion, control characters or text in another code page.
func understood(store string) (string, error) {
	if !utf8.ValidString(store) || strings.ContainsAny(store, "%!") || strings.ContainsFunc(store, unicode.IsControl) {
		return "", errors.New("how it sets " + StoreVariable + " is not understood: put the store into the config file too")
	}
	return store, nil
}

func isOneOf(word string, list ...string) bool {
	return slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(one, word) })
}

// runsDaemon reports whether a command line runs the daemon's module in Python. It ignores later arguments.
func runsDaemon(line string) bool {
	before, _, _ := strings.Cut(line, lockcore.DaemonModule)
	words := commandWords(before)
	isModule := len(before) < len(line) && fragments(line[len(before):])[0] == lockcore.DaemonModule
	if !isModule || len(words) < 2 || hasOutside(before, "&|<>^()") {
		return false
	}
	program := strings.ToLower(base(words[0])) // python.exe, pythonw.exe, python3.12.exe, py.exe
	noOption := func(word string) bool { return !strings.HasPrefix(word, "-") }
	return strings.HasPrefix(program, "py") && !isScript(program) && !slices.ContainsFunc(words[1:], noOption) && words[len(words)-1] == "-m"
}

// mentionsRun reports whether a line has -m and the module anywhere.
func mentionsRun(line string) bool {
	words := fragments(line)
	for i, word := range words {
		if word == lockcore.DaemonModule && i > 0 && words[i-1] == "-m" {
			return true
		}
	}
	return false
}

// fragments splits a line at blanks, quotation marks and operators, without interpreting them.
func fragments(line string) []string {
	return strings.FieldsFunc(line, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`"'&|<>^()=,;`, r) })
}

// base returns the last element of a Windows path, on every system.
func base(path string) string { return path[strings.LastIndexAny(path, `\/`)+1:] }

// commandWords splits a command line at blanks outside quotation marks, and removes the marks.
func commandWords(line string) []string {
	quoted := false
	words := strings.FieldsFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && (r == ' ' || r == '\t')
	})
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], `"`, "")
	}
	return words
}

// hasOutside reports whether one of the signs is outside quotation marks.
func hasOutside(line, signs string) bool {
	quoted := false
	return strings.ContainsFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && strings.ContainsRune(signs, r)
	})
}

// maxLine is the longest line that cmd.exe accepts after expansion, in characters. Here it counts bytes, since no store has a path of that
// length.
const maxLine = 8191

// expandPercent replaces each %NAME% by its value in the environment, and keeps unknown names. It returns a result that is too long as
// a single %, which no caller understands.
func expandPercent(s string, env func(string) string) string {
	var b strings.Builder
	for b.Len() <= maxLine {
		before, rest, found := strings.Cut(s, "%")
		name, after, closed := strings.Cut(rest, "%")
		b.WriteString(before)
		if !found {
			break
		}
		if value := env(name); closed && name != "" && value != "" {
			b.WriteString(value)
			s = after
		} else {
			b.WriteByte('%')
			s = rest
		}
	}
	if b.Len() > maxLine {
		return "%"
	}
	return b.String()
}

// decoded returns the text of a file in UTF-16 or UTF-8, whatever encoding it declares. Without a byte order mark, a zero among the
// first two bytes tells UTF-16 and its byte order, since a task file begins with an ASCII character.
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
