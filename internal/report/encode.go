package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Encode returns v as JSON on one line, without a line break and without characters that a terminal obeys. The commands print this form,
// and the journal keeps it.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return Escape(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// Escape replaces DEL, C1 controls, marks of text direction and the like in JSON with \u escapes. The values stay the same, and the text is
// harmless to a terminal. Of the unprintable characters encoding/json escapes only the controls below the space, U+2028 and U+2029.
func Escape(data []byte) []byte {
	if !bytes.ContainsFunc(data, invisible) {
		return data
	}
	var b bytes.Buffer
	for _, r := range string(data) {
		switch {
		case !invisible(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.Bytes()
}

func invisible(r rune) bool { return r >= utf8.RuneSelf-1 && !unicode.IsPrint(r) }
