package config

import (
	"strconv"
	"strings"
)

// splitWords gives the words of a value as systemd does (systemd.syntax(7)): quotes of both kinds, C escapes inside and outside of
// them. A quote that is not closed ends with the line.
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

// wordList is a list whose last word is being read.
type wordList struct {
	list  []string
	word  []byte
	open  bool // there is a word, perhaps an empty one
	quote byte // the one that is open, or 0
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

// escaped reads what begins with a backslash, and returns what is left. What is no escape stays as it is.
func (w *wordList) escaped(s string) (rest string) {
	value, isRune, rest, err := strconv.UnquoteChar(s, 0)
	switch {
	case strings.HasPrefix(s, `\s`): // those that Go does not have
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
