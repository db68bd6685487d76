package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// statusObject is the JSON of one look (DESIGN.md §5). record and process hold what the file and the system say in
// their own words; detail is cleaned.
type statusObject struct {
	Store     string           `json:"store"`
	Lock      string           `json:"lock"`
	State     lockcore.State   `json:"state"`
	Reason    lockcore.Reason  `json:"reason"`
	Detail    string           `json:"detail"`
	Record    *lockcore.Record `json:"record"`
	Token     lockcore.Token   `json:"token"`
	Host      string           `json:"host"`
	Process   *processObject   `json:"process"`
	Conflicts []conflictObject `json:"conflicts"`
	CheckedAt string           `json:"checked_at"`
}

type processObject struct {
	Alive     bool    `json:"alive"`
	Command   string  `json:"command"`
	StartedAt *string `json:"started_at"` // null where the system does not tell
}

type conflictObject struct {
	Path   string           `json:"path"`
	Record *lockcore.Record `json:"record"`
}

// jsonTime is RFC 3339 with milliseconds: finer than any two events that follow each other.
const jsonTime = "2006-01-02T15:04:05.000Z07:00"

func stamp(t time.Time) string { return t.UTC().Format(jsonTime) }

func newStatusObject(s lockcore.Snapshot, at time.Time) *statusObject {
	return &statusObject{
		Store: s.Store, Lock: s.Lock, State: s.State, Reason: s.Reason, Detail: words.Detail(s, at.Local()),
		Record: recordOrNull(s.Record), Token: s.Token, Host: s.Host, Process: newProcessObject(s.Holder),
		Conflicts: newConflictObjects(s.Conflicts.List()), CheckedAt: stamp(at),
	}
}

func recordOrNull(r lockcore.Record) *lockcore.Record {
	if r.IsZero() {
		return nil
	}
	return &r
}

func newProcessObject(p lockcore.Process) *processObject {
	if p.Status == lockcore.NotProbed {
		return nil
	}
	o := &processObject{Alive: p.Alive(), Command: p.Command}
	if !p.Started.IsZero() {
		started := stamp(p.Started)
		o.StartedAt = &started
	}
	return o
}

func newConflictObjects(list []lockcore.Conflict) []conflictObject {
	objects := make([]conflictObject, 0, len(list))
	for _, c := range list {
		objects = append(objects, conflictObject{c.Path, recordOrNull(c.Record)})
	}
	return objects
}

// printJSON writes one object on one line.
func printJSON(w io.Writer, object any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(object); err != nil {
		return err
	}
	_, err := w.Write(append(escapeInvisible(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), '\n'))
	return err
}

// escapeInvisible writes DEL, C1 controls, text direction and the like as \u escapes: the same JSON, and a terminal that
// it is printed on stays as it was. encoding/json escapes only the controls below the blank.
func escapeInvisible(data []byte) []byte {
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
