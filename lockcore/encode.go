package lockcore

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

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
