package notify

import (
	"strings"
	"unicode"
)

// beeep passes text, on macOS through %q and elsewhere unchanged, to whichever backend it finds, and does not report which. So a text must
// be safe for all backends of a system at once. The rules of each system are a pure function of strings, so every system tests them all.

// Limits of a message's texts, in runes. The longest name in a message has 64.
const (
	maxTitle = 120
	maxBody  = 400
)

// escape makes a message safe for the backends of a system.
func escape(goos string, m Message) Message {
	m.Title, m.Body = printable(m.Title, maxTitle), printable(m.Body, maxBody)
	switch goos {
	case "darwin":
		return m // osascript gets it through %q, which writes printable text in the syntax of AppleScript
	case "windows":
		return escapeWindows(m)
	}
	return escapeLinux(m)
}

// printable keeps the printable runes of s, since %q writes them unchanged, except for \ and ". White space becomes a blank, invalid bytes
// become U+FFFD, and everything else is removed. A result of more than most runes is cut.
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

// hyphen looks like the "-" that begins an option on a command line.
const hyphen = "‐"

// noOption keeps text from being read as an option.
func noOption(s string) string {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return hyphen + rest
	}
	return s
}

// backslash looks like the "\" that begins an escape for some backends.
const backslash = "＼"

var linuxBody = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, backslash)

// escapeLinux escapes the body, which is markup (desktop notifications specification), unlike the title. notify-send, the first
// fallback, reads a leading "-" as an option, and some versions read C escapes in the body.
func escapeLinux(m Message) Message {
	m.Title = noOption(m.Title)
	m.Body = noOption(linuxBody.Replace(m.Body))
	return m
}

// windowsText replaces special characters by lookalikes. beeep puts the text into a CDATA section, and in its fallback the section into
// a PowerShell here-string, where "$" and "`" are special. An escape for one of the two would be visible in the other. A here-string ends
// only at the start of a line, and printable leaves only one line.
var windowsText = strings.NewReplacer("]]>", "]]›", "$", "＄", "`", "ˋ")

func escapeWindows(m Message) Message {
	m.Title, m.Body = windowsText.Replace(m.Title), windowsText.Replace(m.Body)
	return m
}
