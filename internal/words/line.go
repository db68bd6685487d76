package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// OneLine returns the whole of a text on one line, with a blank in the place of each character that does not print: a terminal obeys
// some of them, and others draw nothing. Clean also shortens.
func OneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}

// CutMiddle shortens a text to at most width runes, of which the first and the last matter most.
func CutMiddle(text string, width int) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	head := (width - 1) / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(width-1-head):])
}

// Capital returns a text with a capital at its beginning, as a sentence or a label has it.
func Capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
