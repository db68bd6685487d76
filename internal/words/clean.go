// Package words makes text for people: it cleans what strangers wrote and says what a look at a store found. One table holds what
// is said about each state and reason, and the icon, the colour and the exit code that go with it. The commands, the tray and the
// notifications use it, and it knows none of them; escaping for the place where a text goes (menu mnemonics, markup) is theirs.
//
// A text comes whole: one table fills its places. No text is taken apart again, and nothing is known by its text.
//
// Rules for the text in this package: sentence case; the host comes first where there is one; no jargon ("stale" is
// explained, never said); what is not proven is not claimed; every stranger's word goes through Clean.
package words

import (
	"strings"
	"unicode"
)

// maxRunes is the longest that a stranger's text is shown: a host name has at most 63 characters (RFC 1035).
const maxRunes = 64

// nothingLeft stands for a text of which nothing can be shown.
const nothingLeft = "?"

// brailleBlank is printable by its category and draws nothing.
const brailleBlank = '\u2800'

// Clean makes a stranger's text fit to be shown: valid UTF-8, printable characters and single blanks, at most maxRunes
// runes, no controls of any kind (line, terminal, text direction, joiners). It is empty only for an empty text.
func Clean(s string) string {
	if s == "" {
		return ""
	}
	shown := make([]rune, 0, maxRunes+1)
	blank := false
	for _, r := range s {
		r, ok := visible(r)
		if !ok {
			continue
		}
		if r == ' ' {
			blank = len(shown) > 0
			continue
		}
		if blank {
			shown, blank = append(shown, ' '), false
		}
		if shown = append(shown, r); len(shown) > maxRunes {
			return cut(shown)
		}
	}
	if len(shown) == 0 {
		return nothingLeft
	}
	return string(shown)
}

// visible is what is shown of a rune: itself, a blank, or nothing. Format characters vanish, since one in the middle of
// a word should not tear it; invalid bytes arrive as U+FFFD, which is printable.
func visible(r rune) (rune, bool) {
	switch {
	case unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return 0, false
	case r == brailleBlank, !unicode.IsPrint(r):
		return ' ', true
	}
	return r, true
}

func cut(shown []rune) string {
	return strings.TrimRight(string(shown[:maxRunes-1]), " ") + "…"
}
