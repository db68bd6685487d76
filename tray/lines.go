package tray

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"lockbar/internal/words"
)

// lineRunes limits a line of the menu. A menu is as wide as its longest line, and a wide one covers the screen of
// a laptop, or its own submenus.
const lineRunes = 60

// whole keeps the command that texts name in one line, so that it can be read out and typed.
var whole = strings.NewReplacer(words.StopCommand, strings.ReplaceAll(words.StopCommand, " ", "\x00"))

// lines breaks a text at its blanks into lines of at most width runes. A single word that is longer is cut in its middle.
func lines(text string, width int) (all []string) {
	for word := range strings.FieldsSeq(whole.Replace(text)) {
		word = words.CutMiddle(strings.ReplaceAll(word, "\x00", " "), width)
		if last := len(all) - 1; last >= 0 && utf8.RuneCountInString(all[last])+1+utf8.RuneCountInString(word) <= width {
			all[last] += " " + word
			continue
		}
		all = append(all, word)
	}
	return all
}

// flow gives texts a fixed number of places, a line each, one text below the other. A text that finds no room is cut.
func flow(id string, places int, texts ...string) []menuItem {
	var all []string
	for _, text := range texts {
		all = append(all, lines(text, lineRunes)...)
	}
	if len(all) > places {
		all[places-1] = cutEnd(all[places-1]+" "+all[places], lineRunes)
	}
	items := make([]menuItem, places)
	for i := range items {
		title := ""
		if i < len(all) {
			title = all[i]
		}
		items[i] = line(id+"."+strconv.Itoa(i), title)
	}
	return items
}

// cutEnd shortens a text to at most width runes, of which the first matter most.
func cutEnd(text string, width int) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	return strings.TrimRight(string(runes[:width-1]), " ") + "…"
}
