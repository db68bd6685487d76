package lockcore_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

const started = "2026-11-22T19:51:51.817216+00:00"

// lock returns the text of a lock file with these members, in this order.
func lock(members ...string) string { return "{" + strings.Join(members, ",") + "}" }

const (
	okPID    = `"pid":7`
	okHost   = `"hostname":"mac-a"`
	okStart  = `"started_at":"` + started + `"`
	okSchema = `"schema_version":1`
)

var okRecord = lockcore.Record{PID: 7, Hostname: "mac-a", StartedAt: started, SchemaVersion: "1"}

func with(r lockcore.Record, change func(*lockcore.Record)) lockcore.Record {
	change(&r)
	return r
}

// okHosted returns okRecord with another host.
func okHosted(host string) lockcore.Record {
	return with(okRecord, func(r *lockcore.Record) { r.Hostname = host })
}

// extra returns a valid lock with one more member.
func extra(value string) string { return lock(okPID, okHost, okStart, okSchema, `"x":`+value) }

var valid = []struct {
	name, text string
	want       lockcore.Record
}{
	{"plain", lock(okPID, okHost, okStart, okSchema), okRecord},
	{"other order", lock(okSchema, okStart, okHost, okPID), okRecord},
	{"white space around", " \t\r\n" + lock(okPID, okHost, okStart, okSchema) + "\n\n", okRecord},
	{"white space within", "{ \"pid\" :\r\n7 ,\t\"hostname\": \"mac-a\", " + okStart + "," + okSchema + " }", okRecord},
	{"extra key", extra(`{"a":[1,2,{}]}`), okRecord},
	{"NaN", extra(`NaN`), okRecord},
	{"infinities", extra(`[Infinity,-Infinity, NaN ]`), okRecord},
	{"NaN in a string", lock(okPID, `"hostname":"NaN Infinity -Infinity"`, okStart, okSchema), okHosted("NaN Infinity -Infinity")},
	{"NaN after an escaped quote", lock(okPID, `"hostname":"\"NaN\\"`, okStart, okSchema, `"x":NaN`),
		okHosted(`"NaN\`)},
	{"NaN as key", lock(okPID, okHost, okStart, okSchema, `"NaN":1`), okRecord},
	{"repeated key, last counts", lock(`"pid":0`, okHost, okStart, okSchema, okPID), okRecord},
	{"other case is another key", lock(`"PID":9`, `"Pid":0`, okPID, `"HOSTNAME":1`, okHost, okStart, okSchema), okRecord},
	{"other case after it", lock(okPID, okHost, okStart, okSchema, `"PID":9`, `"Hostname":"b"`), okRecord},
	{"escaped key", lock(`"\u0070id":7`, okHost, okStart, okSchema), okRecord},
	{"largest pid", lock(`"pid":2147483647`, okHost, okStart, okSchema),
		with(okRecord, func(r *lockcore.Record) { r.PID = lockcore.MaxPID })},
	{"newer schema", lock(okPID, okHost, okStart, `"schema_version":99999999999999999999999`),
		with(okRecord, func(r *lockcore.Record) { r.SchemaVersion = "99999999999999999999999" })},
	{"no timestamp", lock(okPID, okHost, `"started_at":"yesterday"`, okSchema),
		with(okRecord, func(r *lockcore.Record) { r.StartedAt = "yesterday" })},
	{"blank host", lock(okPID, `"hostname":" "`, okStart, okSchema), okHosted(" ")},
	{"surrogate pair", lock(okPID, `"hostname":"\ud83d\udd12"`, okStart, okSchema), okHosted("🔒")},
	{"lone surrogate", lock(okPID, `"hostname":"\ud83d"`, okStart, okSchema), okHosted("\ufffd")},
	{"escapes", lock(okPID, `"hostname":"\b\f\n\r\t\/\\\"\u0000\u007F"`, okStart, okSchema), okHosted("\b\f\n\r\t/\\\"\x00\x7f")},
	{"raw DEL", lock(okPID, "\"hostname\":\"\x7f\"", okStart, okSchema), okHosted("\x7f")},
	{"deep", extra(strings.Repeat("[", 900) + strings.Repeat("]", 900)), okRecord},
	{"brackets in a string", extra(`"` + strings.Repeat("[", 2000) + `"`), okRecord},
	{"long whole number", extra(strings.Repeat("1", 4300)), okRecord},
	{"longer fraction", extra("-1." + strings.Repeat("1", 5000)), okRecord},
	{"long float", extra(strings.Repeat("1", 5000) + "e-5"), okRecord},
	{"digits in a string", extra(`"` + strings.Repeat("1", 5000) + `"`), okRecord},
	{"large exponent", extra("1e999"), okRecord},
}

func TestParseValid(t *testing.T) {
	for _, c := range valid {
		got, err := lockcore.Parse([]byte(c.text))
		if err != nil || got != c.want {
			t.Errorf("%s: got %+v, %v; want %+v", c.name, got, err, c.want)
		}
	}
}

// malformed holds text that is not a lock, the reason, and the field if one is bad.
type malformed struct {
	name, text string
	reason     lockcore.Reason
	field      string
}

// invalid returns texts that are not locks. It is a function, so that a child in which this test binary plays a role
// does not build the large ones.
func invalid() []malformed {
	return []malformed{
		{"empty", "", lockcore.NotJSON, ""},
		{"white space", " \n", lockcore.NotJSON, ""},
		{"text", "pid 7", lockcore.NotJSON, ""},
		{"cut off", `{"pid":7,"hostname":"mac`, lockcore.NotJSON, ""},
		{"BOM", "\ufeff" + lock(okPID, okHost, okStart, okSchema), lockcore.NotJSON, ""},
		{"UTF-16", "{\x00\"\x00}\x00", lockcore.NotJSON, ""},
		{"not UTF-8", lock(okPID, "\"hostname\":\"\xff\"", okStart, okSchema), lockcore.NotJSON, ""},
		{"surrogate in UTF-8", lock(okPID, "\"hostname\":\"\xed\xa0\x80\"", okStart, okSchema), lockcore.NotJSON, ""},
		{"overlong UTF-8", extra("\"\xc0\x80\""), lockcore.NotJSON, ""},
		{"zeros", string(make([]byte, 150)), lockcore.NotJSON, ""},
		{"raw newline in a string", lock(okPID, "\"hostname\":\"a\nb\"", okStart, okSchema), lockcore.NotJSON, ""},
		{"other white space", "\u00a0" + lock(okPID, okHost, okStart, okSchema), lockcore.NotJSON, ""},
		{"form feed", "\f" + lock(okPID, okHost, okStart, okSchema), lockcore.NotJSON, ""},
		{"two objects", "{}{}", lockcore.NotJSON, ""},
		{"text after it", lock(okPID, okHost, okStart, okSchema) + "x", lockcore.NotJSON, ""},
		{"comma after the last member", lock(okPID, okHost, okStart, okSchema, ""), lockcore.NotJSON, ""},
		{"array", "[1]", lockcore.NotJSON, ""},
		{"null", "null", lockcore.NotJSON, ""},
		{"NaN alone", "NaN", lockcore.NotJSON, ""},
		{"NaN and digits", extra("1NaN"), lockcore.NotJSON, ""},
		{"two NaN", extra("NaNNaN"), lockcore.NotJSON, ""},
		{"minus NaN", extra("-NaN"), lockcore.NotJSON, ""},
		{"plus Infinity", extra("+Infinity"), lockcore.NotJSON, ""},
		{"lower-case nan", extra("nan"), lockcore.NotJSON, ""},
		{"NaN as bare key", "{NaN:1}", lockcore.NotJSON, ""},
		{"leading zero", lock(`"pid":07`, okHost, okStart, okSchema), lockcore.NotJSON, ""},
		{"hexadecimal", lock(`"pid":0x7`, okHost, okStart, okSchema), lockcore.NotJSON, ""},
		{"single quotes", "{'pid':7}", lockcore.NotJSON, ""},
		{"comment", lock(okPID, okHost, okStart, okSchema) + "//", lockcore.NotJSON, ""},
		{"too deep", extra(strings.Repeat("[", 1100) + strings.Repeat("]", 1100)), lockcore.NotJSON, ""},
		{"far too deep", extra(strings.Repeat("[", 30000) + strings.Repeat("]", 30000)), lockcore.NotJSON, ""},
		{"deep and open", strings.Repeat(`{"a":`, 10000), lockcore.NotJSON, ""},
		{"too long a number", extra("-" + strings.Repeat("1", 4301)), lockcore.NotJSON, ""},
		{"too long a schema", lock(okPID, okHost, okStart, `"schema_version":`+strings.Repeat("1", 4301)), lockcore.NotJSON, ""},
		{"empty object", "{}", lockcore.BadField, "pid"},
		{"other case", lock(`"PID":7`, okHost, okStart, okSchema), lockcore.BadField, "pid"},
		{"repeated key, last counts", lock(okPID, okHost, okStart, okSchema, `"pid":0`), lockcore.BadField, "pid"},
		{"pid 0", lock(`"pid":0`, okHost, okStart, okSchema), lockcore.BadField, "pid"},
		{"pid -0", lock(`"pid":-0`, okHost, okStart, okSchema), lockcore.BadField, "pid"},
		{"pid negative", lock(`"pid":-7`, okHost, okStart, okSchema), lockcore.BadField, "pid"},
		{"pid with fraction", lock(`"pid":7.0`, okHost, okStart, okSchema), lockcore.BadField, "pid"},
		{"pid with exponent", lock(`"pid":7e0`, okHost, okStart, okSchema), lockcore.BadField, "pid"},
		{"pid too large", lock(`"pid":2147483648`, okHost, okStart, okSchema), lockcore.BadField, "pid"},
		{"pid far too large", lock(`"pid":18446744073709551623`, okHost, okStart, okSchema), lockcore.BadField, "pid"},
		{"pid true", lock(`"pid":true`, okHost, okStart, okSchema), lockcore.BadField, "pid"},
		{"pid text", lock(`"pid":"7"`, okHost, okStart, okSchema), lockcore.BadField, "pid"},
		{"pid null", lock(`"pid":null`, okHost, okStart, okSchema), lockcore.BadField, "pid"},
		{"pid NaN", lock(`"pid":NaN`, okHost, okStart, okSchema), lockcore.BadField, "pid"},
		{"pid Infinity", lock(`"pid":Infinity`, okHost, okStart, okSchema), lockcore.BadField, "pid"},
		{"no host", lock(okPID, okStart, okSchema), lockcore.BadField, "hostname"},
		{"empty host", lock(okPID, `"hostname":""`, okStart, okSchema), lockcore.BadField, "hostname"},
		{"host number", lock(okPID, `"hostname":5`, okStart, okSchema), lockcore.BadField, "hostname"},
		{"host null", lock(okPID, `"hostname":null`, okStart, okSchema), lockcore.BadField, "hostname"},
		{"no time", lock(okPID, okHost, okSchema), lockcore.BadField, "started_at"},
		{"empty time", lock(okPID, okHost, `"started_at":""`, okSchema), lockcore.BadField, "started_at"},
		{"time number", lock(okPID, okHost, `"started_at":1763841111.5`, okSchema), lockcore.BadField, "started_at"},
		{"no schema", lock(okPID, okHost, okStart), lockcore.BadField, "schema_version"},
		{"schema 0", lock(okPID, okHost, okStart, `"schema_version":0`), lockcore.BadField, "schema_version"},
		{"schema fraction", lock(okPID, okHost, okStart, `"schema_version":1.0`), lockcore.BadField, "schema_version"},
		{"schema text", lock(okPID, okHost, okStart, `"schema_version":"1"`), lockcore.BadField, "schema_version"},
		{"schema true", lock(okPID, okHost, okStart, `"schema_version":true`), lockcore.BadField, "schema_version"},
	}
}

func TestParseInvalid(t *testing.T) {
	for _, c := range invalid() {
		got, err := lockcore.Parse([]byte(c.text))
		if reason, field := lockcore.WhyMalformed(err); reason != c.reason || field != c.field || !got.IsZero() {
			t.Errorf("%s: got %+v, %v; want %s of %q", c.name, got, err, c.reason, c.field)
		}
	}
}

func TestStarted(t *testing.T) {
	want := time.Date(2026, 11, 22, 19, 51, 51, 817216000, time.UTC)
	for _, c := range []struct {
		text string
		want time.Time
		ok   bool
	}{
		{started, want, true},
		{"2026-11-22T20:51:51.817216+01:00", want, true},
		{"2026-11-22T19:51:51+00:00", want.Truncate(time.Second), true},
		{"2026-11-22T19:51:51Z", want.Truncate(time.Second), true},
		{"2026-11-22T19:51:51", time.Time{}, false}, // the zone is unknown
		{"2026-11-22", time.Time{}, false},
		{"1763841111", time.Time{}, false},
		{"now", time.Time{}, false},
	} {
		got, ok := lockcore.Record{StartedAt: c.text}.Started()
		if ok != c.ok || !got.Equal(c.want) {
			t.Errorf("Started(%q) = %v, %v; want %v, %v", c.text, got, ok, c.want, c.ok)
		}
	}
}

// TestEncodeIsPythons compares Encode with files that testdata/golden.py wrote with json.dump, as the daemon does. It also parses them.
func TestEncodeIsPythons(t *testing.T) {
	when := time.Date(2026, 11, 22, 19, 51, 51, 817216999, time.UTC)
	for name, r := range map[string]lockcore.Record{
		"plain":            {4242, "mac-a.local", lockcore.Timestamp(when), "1"},
		"no-microseconds":  {1, "mac-a", lockcore.Timestamp(when.Truncate(time.Second).Add(999)), "1"},
		"few-microseconds": {1, "mac-a", lockcore.Timestamp(when.Truncate(time.Second).Add(7999)), "1"},
		"short-escapes":    {lockcore.MaxPID, "q\" b\\ n\n r\r t\t f\f b\b /slash", lockcore.Timestamp(when), "1"},
		"controls":         {77, "nul\x00 esc\x1b del\x7f nel\u0085", lockcore.Timestamp(when), "1"},
		"not-ascii":        {77, "Bücher-Mac é 日本 \u2028 \u202e", lockcore.Timestamp(when.In(time.FixedZone("", 3600))), "1"},
		"surrogate-pair":   {77, "lock \U0001f512 \U0010ffff", lockcore.Timestamp(when), "1"},
		"not-utf8":         {77, "mac-\xff\xfe", lockcore.Timestamp(when), "1"},
		"large-schema":     {77, "mac-a", lockcore.Timestamp(when), "123456789012345678901234567890"},
	} {
		want, err := os.ReadFile(filepath.Join("testdata", name+".locked"))
		noError(t, err)
		if got := r.Encode(); string(got) != string(want) {
			t.Errorf("%s: got\n%s\nPython wrote\n%s", name, got, want)
		}
		back, err := lockcore.Parse(want)
		if read := asRead(t, r); err != nil || back != read {
			t.Errorf("%s: Parse of Python's file is %+v, %v; want %+v", name, back, err, read)
		}
	}
	if names, _ := filepath.Glob("testdata/*.locked"); len(names) != 9 {
		t.Errorf("there are %d golden files, but 9 are compared", len(names))
	}
}

// asRead returns r as a reader returns it: a byte that is not UTF-8 becomes U+FFFD. It checks that SameHost ignores the difference.
func asRead(t *testing.T, r lockcore.Record) lockcore.Record {
	read := with(r, func(r *lockcore.Record) { r.Hostname = string([]rune(r.Hostname)) })
	if !lockcore.SameHost(r.Hostname, read.Hostname) {
		t.Errorf("%q read as %q is another host", r.Hostname, read.Hostname)
	}
	return read
}

// FuzzParse checks that a parsed record can be written and parsed again, and that nothing panics or hangs.
func FuzzParse(f *testing.F) {
	golden, err := filepath.Glob("testdata/*.locked")
	if err != nil || len(golden) == 0 {
		f.Fatal("no seeds in testdata:", err)
	}
	for _, path := range golden {
		data, err := os.ReadFile(path)
		testfs.Check(f, err)
		f.Add(data)
	}
	for _, c := range valid {
		f.Add([]byte(c.text))
	}
	for _, c := range invalid() {
		if len(c.text) < 6000 { // larger seeds slow the fuzzer down
			f.Add([]byte(c.text))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := lockcore.Parse(data)
		if err != nil {
			if reason, field := lockcore.WhyMalformed(err); reason == "" || (reason == lockcore.BadField) != (field != "") || r != (lockcore.Record{}) {
				t.Fatalf("%q: %+v, %#v", data, r, err)
			}
			return
		}
		if r.PID < 1 || r.PID > lockcore.MaxPID || r.Hostname == "" || r.StartedAt == "" || r.SchemaVersion == "" {
			t.Fatalf("%q is not a lock: %+v", data, r)
		}
		if again, err := lockcore.Parse(r.Encode()); err != nil || again != r {
			t.Fatalf("%q: %+v, written and read: %+v, %v", data, r, again, err)
		}
	})
}

// pythonReader runs the daemon's reader in a child process.
type pythonReader struct {
	in  *bufio.Writer
	out *bufio.Reader
}

func startPython(t testing.TB) *pythonReader {
	path, err := exec.LookPath("python3")
	if err != nil {
		skipUnlessCI(t, "no python3: the golden files and the table stand in for it")
	}
	cmd := exec.Command(path, "testdata/reader.py")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	noError(t, err)
	out, err := cmd.StdoutPipe()
	noError(t, err)
	noError(t, cmd.Start())
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error("the Python reader:", err)
		}
	})
	return &pythonReader{bufio.NewWriter(in), bufio.NewReader(out)}
}

// read returns the fields that Python reads from data; nil if Python fails, or if Parse is stricter on purpose (see reader.py).
func (p *pythonReader) read(t testing.TB, data []byte) []string {
	values := make([]int, len(data))
	for i, b := range data {
		values[i] = int(b)
	}
	line, _ := json.Marshal(values)
	fmt.Fprintf(p.in, "%s\n", line)
	noError(t, p.in.Flush())
	answer, err := p.out.ReadBytes('\n')
	noError(t, err)
	var verdict []string
	if err := json.Unmarshal(answer, &verdict); err != nil {
		t.Fatalf("%s: %v", answer, err)
	}
	return verdict
}

// compare checks that Parse returns what read does.
func (p *pythonReader) compare(t testing.TB, data []byte) {
	t.Helper()
	var got []string
	if r, err := lockcore.Parse(data); err == nil {
		got = []string{fmt.Sprint(r.PID), r.Hostname, r.StartedAt, string(r.SchemaVersion)}
	}
	if want := p.read(t, data); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%.300q: got %q, Python %q", data, got, want)
	}
}

// TestReadsAsPython compares Parse with Python's reader on the tables, and on mutations of a lock.
func TestReadsAsPython(t *testing.T) {
	python := startPython(t)
	for _, c := range valid {
		python.compare(t, []byte(c.text))
	}
	for _, c := range invalid() {
		python.compare(t, []byte(c.text))
	}
	for _, data := range mutations(extra(`[NaN,-Infinity,1.5e+3,-0,"\u00e9\ud83d\udd12\\",true,null]`)) {
		python.compare(t, data)
	}
}

// FuzzReadsAsPython looks for text that Python's reader and ours judge differently.
func FuzzReadsAsPython(f *testing.F) {
	python := startPython(f)
	for _, c := range valid {
		f.Add([]byte(c.text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) > 900 {
			t.Skip("Python's limit depends on its own stack")
		}
		python.compare(t, data)
	})
}

// mutations returns variants of text, each with one change: a byte is dropped, doubled or replaced by one that matters in JSON, or the text
// ends before it. The usual form changes only every third byte.
func mutations(text string) (all [][]byte) {
	const meaning = "\"\\{}[]:,0123456789.eE+-NItfn aA/u\n\t\x00\x7f\xff"
	for i := 0; i < len(text); i += testfs.Rounds(3, 1) {
		all = append(all, []byte(text[:i]+text[i+1:]), []byte(text[:i+1]+text[i:]), []byte(text[:i]))
		for _, c := range []byte(meaning) {
			all = append(all, []byte(text[:i]+string([]byte{c})+text[i+1:]))
		}
	}
	return all
}
