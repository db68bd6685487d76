package config

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"lockbar/lockcore"
)

// A script holds the variables that the lines of a cmd.exe script have set so far.
type script struct {
	env func(string) string
	set map[string]string // by name in capitals
}

// scriptStore reads a script up to the line that runs the daemon, and returns the store that these lines set last; empty if they set none.
// It returns an error if it does not understand one of these lines, which might change the store, or the store's value, or if it finds no
// line that runs the daemon. starts reports whether a line runs the daemon or, in a way that is not understood, may run it.
func scriptStore(text string, env func(string) string) (store string, starts bool, err error) {
	s := script{env, map[string]string{}}
	number := 0
	for line := range strings.Lines(text) {
		number++
		// The installer's own lines end with CR CR LF.
		line = strings.TrimLeft(strings.TrimRight(line, "\r\n"), "@ \t")
		switch {
		case runsDaemon(line):
			store, problem := s.store()
			return store, true, cmp.Or(err, problem)
		case isPlain(line):
			continue
		case !s.assign(line):
			err = cmp.Or(err, fmt.Errorf("its line %d is not understood, and may set %s: "+PutInConfig, number, StoreVariable))
		}
		starts = starts || mentionsRun(line)
	}
	store, problem := s.store()
	return store, starts, cmp.Or(err, problem, errors.New("how it starts the daemon is not understood: "+PutInConfig))
}

// store returns the value of the store's variable, or an error if it is not understood.
func (s *script) store() (string, error) {
	store := s.set[StoreVariable]
	if !isUnderstood(store) {
		return "", errors.New("how it sets " + StoreVariable + " is not understood: " + PutInConfig)
	}
	return store, nil
}

// assign applies a line that only sets a variable, and reports whether it is one: set NAME=VALUE, or set "NAME=VALUE", where the last
// quotation mark ends the value.
func (s *script) assign(line string) bool {
	const verb = "set"
	name, value, found := strings.Cut(strings.TrimLeft(strings.TrimPrefix(line, firstWord(line)), " \t"), "=")
	quoted, isQuoted := strings.CutPrefix(name, `"`)
	isName := quoted != "" && !strings.ContainsAny(quoted, `"%!/`) // a / begins an option, which prompts for the value or computes it
	if !strings.EqualFold(firstWord(line), verb) || !found || !isName || hasOutside(line, "&|<>^") {
		return false
	}
	if isQuoted {
		end := strings.LastIndexByte(value, '"')
		if end < 0 || strings.TrimSpace(value[end+1:]) != "" {
			return false
		}
		value = value[:end]
	}
	s.set[strings.ToUpper(quoted)] = expandPercent(value, s.variable)
	return true
}

// variable returns the value from the script, else from the environment; empty if it is not understood.
func (s *script) variable(name string) string {
	value, isSet := s.set[strings.ToUpper(name)]
	if !isSet {
		return s.env(name)
	}
	if !isUnderstood(value) {
		return ""
	}
	return value
}

// isUnderstood reports whether a value is free of unexpanded variables, delayed expansion (!X!), quotation marks, control characters and
// text in another code page.
func isUnderstood(value string) bool {
	return utf8.ValidString(value) && !strings.ContainsAny(value, `%!"`) && !strings.ContainsFunc(value, unicode.IsControl)
}

// plainVerbs are commands that set no variable and jump nowhere. setlocal is one, since only endlocal restores variables.
var plainVerbs = []string{"echo", "echo.", "echo:", "title", "chcp", "cls", "color", "cd", "chdir", "pushd", "popd", "mkdir", "md", "setlocal"}

// isPlain reports whether a line can be skipped. A line with a caret at its end continues on the next one, so it cannot.
func isPlain(line string) bool {
	words := commandWords(line)
	switch {
	case len(words) == 0:
		return true
	case strings.HasPrefix(line, ":"), strings.EqualFold(words[0], "rem"): // a label, or ::
		return !strings.HasSuffix(line, "^")
	case hasOutside(line, "&|^"):
		return false
	}
	return isOneOf(words[0], plainVerbs...) || makesDirectory(words)
}

// makesDirectory recognises a line of the installer: if not exist "logs" mkdir "logs".
func makesDirectory(words []string) bool {
	if len(words) > 1 && isOneOf(words[1], "not") {
		words = slices.Delete(words, 1, 2)
	}
	return len(words) > 3 && isOneOf(words[0], "if") && isOneOf(words[1], "exist") && isOneOf(words[3], "mkdir", "md")
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

// mentionsRun reports whether a line has -m, followed by the daemon's module, anywhere.
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

func firstWord(line string) string {
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		return line[:i]
	}
	return line
}

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

// maxLine is the longest line that cmd.exe accepts after expansion, in characters. Here it bounds the bytes: real lines are far shorter.
const maxLine = 8191

// expandPercent replaces each %NAME% by the value that env returns, and keeps %NAME% if the value is empty. Instead of a result that is
// longer than maxLine it returns a single %, which all callers reject.
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
