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

// unbroken joins the words of the commands that end a daemon with NULs, so that no line break splits a command: a user can read it out or
// type it.
var unbroken = func() *strings.Replacer {
	var pairs []string
	for _, command := range []string{words.StopCommand, strings.TrimSuffix(words.KillCommand(0), "0")} {
		pairs = append(pairs, command, strings.ReplaceAll(command, " ", "\x00"))
	}
	return strings.NewReplacer(pairs...)
}()

// lines breaks text at its blanks into lines of at most width runes. A word that is longer is cut in its middle.
func lines(text string, width int) (all []string) {
	for word := range strings.FieldsSeq(unbroken.Replace(text)) {
		word = words.CutMiddle(strings.ReplaceAll(word, "\x00", " "), width)
		if last := len(all) - 1; last >= 0 && utf8.RuneCountInString(all[last])+1+utf8.RuneCountInString(word) <= width {
			all[last] += " " + word
			continue
		}
		all = append(all, word)
	}
	return all
}

// flow returns a fixed number of items, one line each, that show the texts one below the other. Text that does not fit is cut.
func flow(id string, size int, texts ...string) []menuItem {
	var all []string
	for _, text := range texts {
		all = append(all, lines(text, lineRunes)...)
	}
	if len(all) > size {
		all[size-1] = cutEnd(all[size-1]+" "+all[size], lineRunes)
	}
	items := make([]menuItem, size)
	for i := range items {
		title := ""
		if i < len(all) {
			title = all[i]
		}
		items[i] = line(id+"."+strconv.Itoa(i), title)
	}
	return items
}

// cutEnd shortens text to at most width runes and keeps its beginning.
func cutEnd(text string, width int) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	return strings.TrimRight(string(runes[:width-1]), " ") + "…"
}
