package notify

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
)

// hostile lists texts that a lock could contain, with the text for each system.
var hostile = []struct {
	name, text        string
	linuxTitle, linux string
	darwin, windows   string
}{
	{"plain", "mac-mini", "mac-mini", "mac-mini", "mac-mini", "mac-mini"},
	{"markup", `<b>&"'`, `<b>&"'`, `&lt;b&gt;&amp;"'`, `<b>&"'`, `<b>&"'`},
	{"link", `<a href="x">`, `<a href="x">`, `&lt;a href="x"&gt;`, `<a href="x">`, `<a href="x">`},
	{"option", "--help", "‐-help", "‐-help", "--help", "--help"},
	{"option after a blank", " -u", "‐u", "‐u", "-u", "-u"},
	{"backslash", `a\nb`, `a\nb`, `a＼nb`, `a\nb`, `a\nb`},
	{"AppleScript", `" & (do shell script "id") & "`, `" & (do shell script "id") & "`, `" &amp; (do shell script "id") &amp; "`,
		`" & (do shell script "id") & "`, `" & (do shell script "id") & "`},
	{"PowerShell", "$(calc) `n $env:X", "$(calc) `n $env:X", "$(calc) `n $env:X", "$(calc) `n $env:X", "＄(calc) ˋn ＄env:X"},
	{"here-string", "a\n\"@\ncalc", `a "@ calc`, `a "@ calc`, `a "@ calc`, `a "@ calc`},
	{"CDATA", "]]><x/>", "]]><x/>", "]]&gt;&lt;x/&gt;", "]]><x/>", "]]›<x/>"},
	{"unprintable", "a\u00a0b\u200dc\u202ed\x1b[0m\x07\x00", "a bcd[0m", "a bcd[0m", "a bcd[0m", "a bcd[0m"},
	{"invalid", "a\xff\xfeb", "a\ufffd\ufffdb", "a\ufffd\ufffdb", "a\ufffd\ufffdb", "a\ufffd\ufffdb"},
	{"empty", "", "", "", "", ""},
}

func TestHostileTexts(t *testing.T) {
	for _, test := range hostile {
		m := Message{Title: test.text, Body: test.text}
		for _, want := range []struct{ goos, title, body string }{
			{"linux", test.linuxTitle, test.linux},
			{"darwin", test.darwin, test.darwin},
			{"windows", test.windows, test.windows},
		} {
			got := escape(want.goos, m)
			if got.Title != want.title || got.Body != want.body {
				t.Errorf("%s, %s:\n got %q, %q\nwant %q, %q", test.name, want.goos, got.Title, got.Body, want.title, want.body)
			}
		}
	}
}

// TestAppleScriptKnowsEveryEscape checks that %q, with which beeep writes the script, uses no escapes but \\ and \".
func TestAppleScriptKnowsEveryEscape(t *testing.T) {
	known := strings.NewReplacer(`\\`, "", `\"`, "")
	const together = 256 // runes in one text, below maxBody
	for first := rune(0); first <= unicode.MaxRune; first += together {
		text := []rune("a")
		for r := first; r < first+together; r++ {
			text = append(text, r)
		}
		got := escape("darwin", Message{Body: string(text)}).Body
		if quoted := fmt.Sprintf("%q", got); strings.Contains(known.Replace(quoted), `\`) {
			t.Fatalf("%U and what follows is written as %s", first, quoted)
		}
	}
}

func TestLongTextsAreCut(t *testing.T) {
	got := escape("linux", Message{Title: strings.Repeat("é", 999), Body: strings.Repeat("é", 999)})
	if len([]rune(got.Title)) != maxTitle || len([]rune(got.Body)) != maxBody {
		t.Errorf("%d, %d", len([]rune(got.Title)), len([]rune(got.Body)))
	}
}
