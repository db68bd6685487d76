package lockcore

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// schemaVersion is the schema_version that this package writes. It reads records with a higher one too.
const schemaVersion = json.Number("1")

// MaxPID is the largest number that counts as a process id: pid_t is a signed 32-bit number.
const MaxPID = math.MaxInt32

// Record is the content of a lock file, under the file's own names. Hostname and StartedAt are foreign text: clean them before you
// show them. SchemaVersion keeps the digits, since a newer daemon may write any whole number.
type Record struct {
	PID           int         `json:"pid"`
	Hostname      string      `json:"hostname"`
	StartedAt     string      `json:"started_at"`
	SchemaVersion json.Number `json:"schema_version"`
}

// NewRecord returns the record that a daemon writes when it takes a lock at that time.
func NewRecord(pid int, hostname string, at time.Time) Record {
	return Record{PID: pid, Hostname: hostname, StartedAt: timestamp(at), SchemaVersion: schemaVersion}
}

// Started returns StartedAt as a time, or false if it is not a timestamp: such a lock is valid, and its time is unknown.
func (r Record) Started() (time.Time, bool) {
	t, err := time.Parse(time.RFC3339Nano, r.StartedAt)
	return t, err == nil
}

// IsZero reports whether there is no record: no valid one has a pid of 0.
func (r Record) IsZero() bool { return r == Record{} }

// SameHolder reports whether both records name the same process on the same host, whenever it took the lock.
func (r Record) SameHolder(o Record) bool {
	return r.PID == o.PID && SameHost(r.Hostname, o.Hostname)
}

// formatError reports why some bytes are not a lock record.
type formatError struct {
	reason Reason // NotJSON or BadField
	field  string // with BadField: the name of the field
	err    error
}

// formatOp begins the text of a formatError, where a PathError names the failed operation.
const formatOp = "lock record"

func (e *formatError) Error() string { return formatOp + ": " + e.cause() }

func (e *formatError) cause() string {
	if e.reason == BadField {
		return fmt.Sprintf("field %s: %v", e.field, e.err)
	}
	return e.err.Error()
}

func (e *formatError) Unwrap() error { return e.err }

// Parse reads the content of a lock file by the rules of the daemon's own reader (Python's json and its checks), except that `true`
// is not a number and a pid above MaxPID is not a pid. The error explains what is wrong.
func Parse(data []byte) (Record, error) {
	fields, err := parseObject(data)
	if err != nil {
		return Record{}, &formatError{reason: NotJSON, err: err}
	}
	p := fieldParser{fields: fields}
	r := Record{
		PID:           p.pid("pid"),
		Hostname:      p.text("hostname"),
		StartedAt:     p.text("started_at"),
		SchemaVersion: p.whole("schema_version"),
	}
	if p.err != nil {
		return Record{}, p.err
	}
	return r, nil
}

// fieldParser reads members one by one and keeps the first error.
type fieldParser struct {
	fields map[string]json.RawMessage
	err    error
}

func (p *fieldParser) fail(field, format string, args ...any) {
	if p.err == nil {
		p.err = &formatError{reason: BadField, field: field, err: fmt.Errorf(format, args...)}
	}
}

func (p *fieldParser) text(name string) string {
	raw, ok := p.fields[name]
	if !ok {
		p.fail(name, "missing")
		return ""
	}
	var s string
	if raw[0] != '"' || json.Unmarshal(raw, &s) != nil || s == "" {
		p.fail(name, "not a non-empty string")
		return ""
	}
	return s
}

// whole accepts only digits: Python reads a number with a fraction or an exponent as a float, which is not an int to the daemon.
func (p *fieldParser) whole(name string) json.Number {
	raw, ok := p.fields[name]
	if !ok {
		p.fail(name, "missing")
		return ""
	}
	for _, c := range raw {
		if c < '0' || c > '9' {
			p.fail(name, "not a whole number above zero")
			return ""
		}
	}
	if raw[0] == '0' {
		p.fail(name, "not a whole number above zero")
		return ""
	}
	return json.Number(raw)
}

func (p *fieldParser) pid(name string) int {
	digits := p.whole(name)
	if digits == "" {
		return 0
	}
	n, err := strconv.ParseInt(string(digits), 10, 32)
	if err != nil {
		p.fail(name, "above %d", MaxPID)
		return 0
	}
	return int(n)
}
