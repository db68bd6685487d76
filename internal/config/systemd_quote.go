package config

import (
	"strconv"
	"strings"
)

// splitWords splits a value into words by the rules of systemd.syntax(7): quotes of both kinds, and C escapes inside and outside quotes.
// As systemd does, it ignores the rest of a line from the word with an invalid escape or an open quote on; ok is false then.
func splitWords(s string) (words []string, ok bool) {
	var w wordList
	for s != "" {
		c := s[0]
		if c == '\\' {
			if s, ok = w.escaped(s); !ok {
				return w.list, false
			}
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
	if w.quote != 0 {
		return w.list, false
	}
	w.end()
	return w.list, true
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

// escaped reads an escape, which begins with a backslash, and returns the rest; ok is false if the escape is invalid.
func (w *wordList) escaped(s string) (rest string, ok bool) {
	value, isRune, rest, err := strconv.UnquoteChar(s, 0)
	switch {
	case strings.HasPrefix(s, `\s`): // an escape that Go does not have
		w.add(' ')
		return s[2:], true
	case strings.HasPrefix(s, `\"`), strings.HasPrefix(s, `\'`):
		w.add(s[1])
		return s[2:], true
	case err != nil || value == 0: // a value cannot hold NUL
		return s, false
	case isRune:
		w.add([]byte(string(value))...)
	default:
		w.add(byte(value))
	}
	return rest, true
}
