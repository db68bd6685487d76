package config

import (
	"strconv"
	"strings"
)

// splitWords splits a value into words by the rules of systemd.syntax(7): quotes of both kinds, and C escapes inside and outside quotes.
// systemd ignores the rest of a line after a mistake; splitWords keeps an invalid escape, and closes an open quote at the end of the line.
func splitWords(s string) []string {
	var w wordList
	for s != "" {
		c := s[0]
		if c == '\\' {
			s = w.escaped(s)
			continue
		}
		s = s[1:]
		switch {
		case c == w.quote:
			w.quote = 0
		case w.quote == 0 && (c == '"' || c == '\''):
			w.quote, w.open = c, true
		case w.quote == 0 && (c == ' ' || c == '\t'):
			w.end()
		default:
			w.add(c)
		}
	}
	w.end()
	return w.list
}

// A wordList is a list whose last word may be incomplete.
type wordList struct {
	list  []string
	word  []byte
	open  bool // a word has begun, perhaps an empty one
	quote byte // the open quote, or 0
}

func (w *wordList) add(c ...byte) {
	w.word = append(w.word, c...)
	w.open = true
}

func (w *wordList) end() {
	if w.open {
		w.list = append(w.list, string(w.word))
	}
	w.word, w.open = nil, false
}

// escaped reads an escape, which begins with a backslash, and returns the rest. It keeps an invalid escape unchanged.
func (w *wordList) escaped(s string) (rest string) {
	value, isRune, rest, err := strconv.UnquoteChar(s, 0)
	switch {
	case strings.HasPrefix(s, `\s`): // an escape that Go does not have
		w.add(' ')
		return s[2:]
	case strings.HasPrefix(s, `\"`), strings.HasPrefix(s, `\'`):
		w.add(s[1])
		return s[2:]
	case err != nil || value == 0: // a value cannot hold NUL
		w.add('\\')
		return s[1:]
	case isRune:
		w.add([]byte(string(value))...)
	default:
		w.add(byte(value))
	}
	return rest
}
