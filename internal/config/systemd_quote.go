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
		s = s[1:]
		switch {
		case c == '\\':
			s = w.escaped(s)
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

// simpleEscapes are those of one character.
var simpleEscapes = map[byte]byte{'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v',
	'\\': '\\', '"': '"', '\'': '\'', 's': ' '}

// numbered are the escapes by number: their digits and base, and whether they mean a character, not a byte.
var numbered = []struct {
	mark   string
	digits int
	base   int
	rune   bool
}{{"x", 2, 16, false}, {"u", 4, 16, true}, {"U", 8, 16, true}, {"", 3, 8, false}}

// escaped reads what follows a backslash and gives what is left. What is no escape stays as it is.
func (w *wordList) escaped(s string) (rest string) {
	if s != "" {
		if c, ok := simpleEscapes[s[0]]; ok {
			w.add(c)
			return s[1:]
		}
	}
	for _, n := range numbered {
		digits, ok := strings.CutPrefix(s, n.mark)
		if !ok || len(digits) < n.digits {
			continue
		}
		value, err := strconv.ParseUint(digits[:n.digits], n.base, 31)
		switch {
		case err != nil || value == 0: // a value cannot hold NUL
			continue
		case n.rune:
			w.add([]byte(string(rune(value)))...)
		default:
			w.add(byte(value))
		}
		return digits[n.digits:]
	}
	w.add('\\')
	return s
}
