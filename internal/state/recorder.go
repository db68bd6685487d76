package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/report"
	"lockbar/lockcore"
)

// Overlap is how much later than the program that changed a lock a watcher may see that change, where events arrive: it looks
// again after the settle time of 100 ms, and a sleeping or loaded machine takes seconds.
const Overlap = 10 * time.Second

// tailSize bounds what is read back: the events of Overlap are some lines of 1 to 2 KB, and at least three of the longest.
const tailSize = 64 << 10

// Recorder writes events that another process may have written too: the command that removes a lock tells so, and the tray
// sees it go. It belongs to one goroutine.
type Recorder struct {
	journal Journal
	// known are the newest lines that this recorder wrote, or that stood for an event which it was given: another event, however
	// equal, is a new one.
	known map[string]bool
}

// NewRecorder is a recorder that has written nothing yet.
func NewRecorder(j Journal) *Recorder { return &Recorder{j, map[string]bool{}} }

// Record writes c, unless another process has written an equal event (report.Change.Equal) that happened at or after since.
// A watcher says c.Time().Add(-Overlap); who made the change itself says when it began.
func (r *Recorder) Record(c report.Change, since time.Time) error {
	c = identified(c)
	line, err := encode(c)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return r.journal.locked(func() error {
		recent, err := r.journal.since(since)
		if err != nil {
			return err
		}
		if r.told(c, recent) {
			return nil
		}
		r.known[string(line)] = true
		return r.journal.write(append(line, '\n'))
	})
}

// identified notes which store it is that the path leads to now.
func identified(c report.Change) report.Change {
	store, err := lockcore.Open(c.To.Store, lockcore.Options{})
	if err != nil {
		return c
	}
	return c.Identified(store.Identity())
}

// told looks for a line of another process that stands for c, and forgets the lines that are too old to be looked for.
func (r *Recorder) told(c report.Change, recent []json.RawMessage) bool {
	known := map[string]bool{}
	found := false
	for _, line := range recent {
		text := string(line)
		switch o, err := report.ParseChange(line); {
		case r.known[text]:
			known[text] = true
		case err == nil && !found && c.Equal(o):
			known[text], found = true, true
		}
	}
	r.known = known
	return found
}

// since gives the events of the end of the file that happened at or after t.
func (j Journal) since(t time.Time) ([]json.RawMessage, error) {
	data, err := j.tail()
	if err != nil {
		return nil, err
	}
	t = t.Truncate(time.Millisecond) // as events are written
	var recent []json.RawMessage
	for _, line := range objects(data) {
		if c, err := report.ParseChange(line); err == nil && !c.Time().Before(t) {
			recent = append(recent, line)
		}
	}
	return recent, nil
}

// tail is the end of the newest file; it may begin in the middle of a line. What was written just before a rotation is not
// looked for: at worst an event is there twice.
func (j Journal) tail() ([]byte, error) {
	data, err := fsx.ReadEnd(j.path(journalName), tailSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return data, nil
}

// encode returns the line for an event: with as many conflict copies as fit in it.
func encode(c report.Change) (line []byte, err error) {
	for copies := report.KeptCopies; ; copies /= 2 {
		line, err = report.Encode(c.Kept(copies))
		switch {
		case err != nil:
			return nil, err
		case len(line) <= maxLine:
			return line, nil
		case copies == 0:
			return nil, fmt.Errorf("an event of %d KiB is too long", len(line)>>10)
		}
	}
}
