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
	// maxNesting is Python's default recursion limit: its reader fails on anything deeper, some levels earlier or later,
	// as deep as the daemon stands itself when it reads.
	maxNesting = 1000
	// maxDigits is Python's limit for whole numbers (sys.int_info.default_max_str_digits): its reader fails on longer ones,
	// wherever in the file they stand.
	maxDigits = 4300
)

// parseObject splits one JSON object into its members; of a repeated key the last counts. A map[string]RawMessage keeps
// key names exact, which decoding into a struct does not.
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

// checkPythonLimits refuses what is JSON and yet too much for Python's reader.
func checkPythonLimits(data []byte) error {
	depth, digits := 0, 0
	for _, c := range outsideStrings(data) {
		depth += nesting(c)
		next := countDigits(digits, c)
		switch {
		case depth > maxNesting:
			return fmt.Errorf("nested more than %d deep", maxNesting)
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

// countDigits counts the digits of a number up to c; a fraction or an exponent makes it a float, which may be of any length
// and counts as -1. What is no part of a number gives 0.
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

// outsideStrings walks the bytes of JSON text that stand outside of its strings; of a string only the quotes are seen.
func outsideStrings(data []byte) iter.Seq2[int, byte] {
	return func(yield func(int, byte) bool) {
		inString := false
		for i := 0; i < len(data); i++ {
			switch c := data[i]; {
			case c == '"':
				inString = !inString
			case inString:
				if c == '\\' {
					i++ // what follows is no end
				}
				continue
			}
			if !yield(i, data[i]) {
				return
			}
		}
	}
}

// pythonConstants are what Python's json reads and writes beyond JSON. Longest first.
var pythonConstants = [][]byte{[]byte("-Infinity"), []byte("Infinity"), []byte("NaN")}

// withoutPythonConstants puts a number with a fraction (what they are to Python: floats) in the place of NaN and the
// infinities outside of strings. The blanks around it keep wrong neighbours wrong: `1NaN` stays no JSON.
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

// Encode gives the exact bytes that the Python daemon writes for r: json.dump(indent=2) in ASCII, no newline at the end.
func (r Record) Encode() []byte {
	return fmt.Appendf(nil, "{\n  \"pid\": %d,\n  \"hostname\": %s,\n  \"started_at\": %s,\n  \"schema_version\": %s\n}",
		r.PID, pythonString(r.Hostname), pythonString(r.StartedAt), r.SchemaVersion)
}

// timestamp is t as Python's datetime.isoformat() writes it in UTC: microseconds, left out when they are zero.
func timestamp(t time.Time) string {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05+00:00")
	}
	return t.Format("2006-01-02T15:04:05.000000+00:00")
}

// pythonEscapes are the short escapes of Python's json; every other character outside of ' '..'~' becomes \uXXXX.
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

// surrogateEscape plus a byte is what Python makes of a byte that is no UTF-8 in a host name (PEP 383).
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
