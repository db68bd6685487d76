package notify

import (
	"strings"
	"unicode"
)

// The library passes text on as it is, to whichever backend it finds, and does not say to which. So a text must be safe
// for all backends of a system at once. Each escape file has the rules of one system as a pure function of strings, tested
// on every system.

// Bounds of what a desktop shows, in runes; one of 64 is the longest name in a message.
const (
	maxTitle = 120
	maxBody  = 400
)

// escape makes a message safe for the backends of a system.
func escape(goos string, m Message) Message {
	m.Title, m.Body = printable(m.Title, maxTitle), printable(m.Body, maxBody)
	switch goos {
	case "darwin":
		return m // osascript gets it through %q, which writes what is printable as AppleScript wants it
	case "windows":
		return escapeWindows(m)
	}
	return escapeLinux(m)
}

// printable keeps what strconv.IsPrint calls printable, which is what %q writes as it is; every other blank becomes a
// space, everything else goes. Invalid bytes become U+FFFD.
func printable(s string, most int) string {
	shown := make([]rune, 0, len(s))
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			shown = append(shown, ' ')
		case unicode.IsPrint(r):
			shown = append(shown, r)
		}
	}
	if len(shown) > most {
		shown = append(shown[:most-1], '…')
	}
	return strings.TrimSpace(string(shown))
}

// hyphen looks like the "-" that a command line takes for an option.
const hyphen = "‐"

// noOption keeps a text from being read as an option.
func noOption(s string) string {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return hyphen + rest
	}
	return s
}

// backslash looks like the "\" that a backend would take for the start of an escape.
const backslash = "＼"

var linuxBody = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, backslash)

// escapeLinux escapes the body, which is markup (desktop notifications specification); the title is none. notify-send, the first
// fallback, takes a leading "-" for an option, and some versions read C escapes in the body.
func escapeLinux(m Message) Message {
	m.Title = noOption(m.Title)
	m.Body = noOption(linuxBody.Replace(m.Body))
	return m
}

// The text stands in a CDATA section, and in the fallback that again in a PowerShell here-string, in which "$" and "`"
// are live. An escape for one would show in the other, so lookalikes stand in. A here-string ends only at the start of a
// line, and printable left one line.
var windowsText = strings.NewReplacer("]]>", "]]›", "$", "＄", "`", "ˋ")

func escapeWindows(m Message) Message {
	m.Title, m.Body = windowsText.Replace(m.Title), windowsText.Replace(m.Body)
	return m
}
