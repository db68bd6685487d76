package lockcore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// maxNesting is Python's default recursion limit. Up to Python 3.11 its reader fails on anything deeper, give or take some levels,
	// depending on the depth of the daemon's own stack; later ones go deeper.
	maxNesting = 1000
	// maxDigits is Python's limit for whole numbers (sys.int_info.default_max_str_digits): its reader fails on longer ones,
	// anywhere in the file.
	maxDigits = 4300
)

// parseObject splits one JSON object into its members. If a key is repeated, the last one counts. A map[string]RawMessage keeps the exact
// key names, which decoding into a struct does not.
func parseObject(data []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8")
	}
	if err := checkPythonLimits(data); err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	err := json.Unmarshal(withoutPythonConstants(data), &fields)
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrongType), err == nil && fields == nil:
		return nil, errors.New("not a JSON object")
	case err != nil:
		return nil, errors.New("not JSON")
	}
	return fields, nil
}

// checkPythonLimits rejects JSON that exceeds the limits of Python's reader.
func checkPythonLimits(data []byte) error {
	depth, digits := 0, 0
	for _, c := range outsideStrings(data) {
		depth += nesting(c)
		next := countDigits(digits, c)
		switch {
		case depth > maxNesting:
			return fmt.Errorf("nested more than %d levels deep", maxNesting)
		case next == 0 && digits > maxDigits:
			return fmt.Errorf("a number of more than %d digits", maxDigits)
		}
		digits = next
	}
	return nil
}

func nesting(c byte) int {
	switch c {
	case '[', '{':
		return 1
	case ']', '}':
		return -1
	}
	return 0
}

// countDigits counts the digits of a whole number up to c; before is the count before c. It returns -1 from a point or an e to the end of
// the number, since a float may have any length. After the end it returns 0.
func countDigits(before int, c byte) int {
	switch {
	case c >= '0' && c <= '9' && before >= 0:
		return before + 1
	case c == '.', c == 'e', c == 'E':
		return -1
	case before < 0 && (c == '+' || c == '-' || c >= '0' && c <= '9'):
		return -1
	}
	return 0
}

// outsideStrings yields the bytes of JSON text that are outside strings, and the quotes of the strings, with their offsets.
func outsideStrings(data []byte) iter.Seq2[int, byte] {
	return func(yield func(int, byte) bool) {
		inString := false
		for i := 0; i < len(data); i++ {
			switch c := data[i]; {
			case c == '"':
				inString = !inString
			case inString:
				if c == '\\' {
					i++ // the next byte does not end the string
				}
				continue
			}
			if !yield(i, data[i]) {
				return
			}
		}
	}
}

// pythonConstants lists the values that Python's json reads and writes beyond JSON, longest first.
var pythonConstants = [][]byte{[]byte("-Infinity"), []byte("Infinity"), []byte("NaN")}

// withoutPythonConstants replaces NaN and the infinities outside strings with a number that has a fraction, since Python reads them as
// floats. The blanks around that number keep invalid text invalid: `1NaN` becomes `1 0.5 `.
func withoutPythonConstants(data []byte) []byte {
	if !bytes.Contains(data, []byte("NaN")) && !bytes.Contains(data, []byte("Infinity")) {
		return data
	}
	out, done := make([]byte, 0, len(data)+16), 0
	for i := range outsideStrings(data) {
		if n := constantAt(data[i:]); n > 0 && i >= done {
			out = append(append(out, data[done:i]...), " 0.5 "...)
			done = i + n
		}
	}
	return append(out, data[done:]...)
}

func constantAt(data []byte) int {
	for _, c := range pythonConstants {
		if bytes.HasPrefix(data, c) {
			return len(c)
		}
	}
	return 0
}

// Encode returns the exact bytes that the Python daemon writes for r: json.dump(indent=2) in ASCII, without a newline at the end.
func (r Record) Encode() []byte {
	return fmt.Appendf(nil, "{\n  \"pid\": %d,\n  \"hostname\": %s,\n  \"started_at\": %s,\n  \"schema_version\": %s\n}",
		r.PID, pythonString(r.Hostname), pythonString(r.StartedAt), r.SchemaVersion)
}

// timestamp formats t as Python's datetime.isoformat() does in UTC: with microseconds, which are left out if zero.
func timestamp(t time.Time) string {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05+00:00")
	}
	return t.Format("2006-01-02T15:04:05.000000+00:00")
}

// pythonEscapes lists the short escapes of Python's json; every other character outside ' '..'~' becomes \uXXXX.
var pythonEscapes = map[rune]string{
	'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\f': `\f`, '\b': `\b`,
}

func pythonString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for len(s) > 0 {
		c, n := utf8.DecodeRuneInString(s)
		if c == utf8.RuneError && n == 1 {
			c = surrogateEscape + rune(s[0])
		}
		writePythonRune(&b, c)
		s = s[n:]
	}
	b.WriteByte('"')
	return b.String()
}

// surrogateEscape plus a byte is the character with which Python represents a byte that is not UTF-8 in a host name (PEP 383).
const surrogateEscape = 0xdc00

func writePythonRune(b *strings.Builder, c rune) {
	if esc, ok := pythonEscapes[c]; ok {
		b.WriteString(esc)
		return
	}
	if c >= ' ' && c <= '~' {
		b.WriteRune(c)
		return
	}
	if high, low := utf16.EncodeRune(c); high != utf8.RuneError {
		fmt.Fprintf(b, `\u%04x\u%04x`, high, low)
		return
	}
	fmt.Fprintf(b, `\u%04x`, c)
}
