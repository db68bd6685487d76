package words

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"plain", "mac-mini.local", "mac-mini.local"},
		{"letters of the world", "Анна's MacBook 東京", "Анна's MacBook 東京"},
		{"escape sequence", "a\x1b[31mred\x1b]0;title\x07", "a [31mred ]0;title"},
		{"C1 control", "a\u009b31mb", "a 31mb"},
		{"newlines", "\r\na\n\n\tb\n", "a b"},
		{"NUL", "a\x00b", "a b"},
		{"NBSP and thin spaces", "a\u00a0\u2009b", "a b"},
		{"line separators", "a\u2028b\u2029c", "a b c"},
		{"text direction", "a\u202egnp.exe\u2066b\u200f", "agnp.exeb"},
		{"joiners", "a\u200d\u200bb\u2060\ufeffc", "abc"},
		{"variation selector", "a\ufe0fb", "ab"},
		{"tags", "a\U000e0061b", "ab"},
		{"invisible letters", "\u3164\u115f", "?"},
		{"braille blank", "a\u2800b", "a b"},
		{"private use", "a\ue000b", "a b"},
		{"invalid UTF-8", "a\xff\xc3b", "a\ufffd\ufffdb"},
		{"nothing left", "\x01\u202e\u00a0", "?"},
		{"blanks only", "   ", "?"},
		{"64 stay", strings.Repeat("x", 64), strings.Repeat("x", 64)},
		{"65 are cut", strings.Repeat("x", 65), strings.Repeat("x", 63) + "…"},
		{"no blank before the cut", strings.Repeat("x", 62) + " yyyy", strings.Repeat("x", 62) + "…"},
		{"blanks at the end cause no cut", strings.Repeat("é", 64) + " \n ", strings.Repeat("é", 64)},
	} {
		if got := Clean(test.in); got != test.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", test.name, test.in, got, test.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "mac-mini", "a\x1b[0m", "\u202e\u2066", "\xff", strings.Repeat("é ", 99), "\u3164"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if (got == "") != (s == "") || !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxRunes {
			t.Fatalf("Clean(%q) = %q", s, got)
		}
		if strings.Contains(got, "  ") || strings.TrimSpace(got) != got || Clean(got) != got {
			t.Fatalf("Clean(%q) = %q: blanks, or not stable", s, got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Join_Control, r) {
				t.Fatalf("Clean(%q) = %q shows %U", s, got, r)
			}
		}
	})
}
