package notify

import "strings"

// backslash looks like the "\" that a backend would take for the start of an escape.
const backslash = "＼"

var linuxBody = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, backslash)

// escapeLinux: the body is markup (desktop notifications specification), the title is not. notify-send, the first
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
