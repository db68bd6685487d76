package state

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"lockbar/internal/fsx"
	"lockbar/internal/report"
	"lockbar/lockcore"
)

// Record writes an event as one line and returns when it is on disk, unless the journal has it already (report.Entry.SameEvent): the
// command that removes a lock tells so, and the tray app sees it go. The directory is made, 0700.
func (j Journal) Record(c report.Entry) error {
	if store, err := lockcore.Open(c.To.Store, lockcore.Options{}); err == nil {
		c = c.Identified(store.Identity()) // the path leads to it now
	}
	line, err := encode(c)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return locked(j.path(journalLock), func() error {
		if told, err := j.tells(c); told || err != nil {
			return err
		}
		return j.write(append(line, '\n'))
	})
}

// tells reports whether a line tells that event. The file of before may be unreadable, and the new one is written all the same.
func (j Journal) tells(c report.Entry) (bool, error) {
	if told, err := tells(j.path(journalName), c); told || err != nil {
		return told, err
	}
	told, _ := tells(j.path(oldJournalName), c)
	return told, nil
}

// tells reads one line after the other, since the file may be large and the tray app has little memory.
func tells(path string, c report.Entry) (bool, error) {
	f, err := fsx.Open(path, os.O_RDONLY, 0)
	if fsx.IsAbsent(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	for lines := bufio.NewReaderSize(io.LimitReader(f, maxJournalFile), maxLine+1); ; {
		line, err := lines.ReadSlice('\n')
		if c.MayBeIn(line) {
			if o, err := report.ParseEntry(line); err == nil && c.SameEvent(o) {
				return true, nil
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull): // what is longer than a line is none
			return false, fmt.Errorf("journal: %w", err)
		}
	}
}

// ErrTooLong means that an event does not fit in a line.
var ErrTooLong = errors.New("an event that is too long")

// encode returns the line for an event: with as many conflict copies as fit in it.
func encode(c report.Entry) (line []byte, err error) {
	for copies := report.KeptCopies; ; copies /= 2 {
		line, err = report.Encode(c.Kept(copies))
		switch {
		case err != nil:
			return nil, err
		case len(line) <= maxLine:
			return line, nil
		case copies == 0:
			return nil, fmt.Errorf("%w: %d KiB", ErrTooLong, len(line)>>10)
		}
	}
}
