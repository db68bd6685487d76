package words

import "testing"

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "",
		"/a b":                  "/a b",
		"a\nb\tc\x1b[1m":        "a b c [1m",
		"a\u202eb\u2028c\u200b": "a b c ",
		"ä日":                    "ä日",
		"\xff":                  "\ufffd",
	} {
		if got := OneLine(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCutMiddle(t *testing.T) {
	for text, want := range map[string]string{"": "", "1234567890": "1234567890", "1234567890a": "1234…7890a", "äöüäöüäöüäöü": "äöüä…öüäöü"} {
		if got := CutMiddle(text, 10); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCapital(t *testing.T) {
	for text, want := range map[string]string{"": "", "it is": "It is", "äh": "Äh", "a": "A", "4 of": "4 of", "日": "日"} {
		if got := Capital(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
