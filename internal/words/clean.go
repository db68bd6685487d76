// Package words makes text for people: it cleans text from outside and describes a look at a store. One table holds the texts about
// each state and reason, with the icon, the colour and the exit code that go with it. The commands, the tray and the notifications
// use this package, and escape its texts for their own output (menu mnemonics, markup). The package knows none of them.
//
// Texts are templates, filled in one step. No text is parsed again, and no decision depends on a text.
//
// Rules for the text in this package: sentence case; most sentences about a holder begin with its host; no jargon ("stale"
// is explained, never used); nothing unproven is claimed; a text from outside goes through Clean, or through Path or OneLine if it must be
// whole.
package words

import (
	"strings"
	"unicode"
)

// maxRunes limits text from outside: one label of a host name has at most 63 characters (RFC 1035).
const maxRunes = 64

// nothingLeft replaces text that has no visible character.
const nothingLeft = "?"

// brailleBlank is printable by its category, but invisible.
const brailleBlank = '\u2800'

// Clean makes text from outside safe to show: valid UTF-8, printable characters and single blanks, at most maxRunes
// runes, no controls of any kind (line, terminal, text direction, joiners). It returns an empty text only for an empty one.
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

// visible returns what is shown for a rune: itself, a blank, or nothing. Format characters vanish, since one in the middle of
// a word should not split it; invalid bytes arrive as U+FFFD, which is printable.
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
