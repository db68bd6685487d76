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

// Record writes an event as one line and returns when it is on disk. It writes nothing if the journal has the event already
// (report.Entry.SameEvent): the removal of a lock is recorded by the command that removes it and by the tray app, which sees it. Record
// makes the directory, with mode 0700.
func (j Journal) Record(c report.Entry) error {
	if store, err := lockcore.Open(c.To.Store, lockcore.Options{}); err == nil {
		c = c.Identified(store.Identity()) // the path may lead to another store later
	}
	line, err := encode(c)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return locked(j.path(journalLock), func() error {
		if found, err := j.has(c); found || err != nil {
			return err
		}
		return j.write(append(line, '\n'))
	})
}

// has reports whether the journal has that event. It ignores an unreadable old file.
func (j Journal) has(c report.Entry) (bool, error) {
	if found, err := hasEvent(j.path(journalName), c); found || err != nil {
		return found, err
	}
	found, _ := hasEvent(j.path(oldJournalName), c)
	return found, nil
}

// hasEvent reports whether a file has that event. It reads line by line, so that the tray app needs little memory.
func hasEvent(path string, c report.Entry) (bool, error) {
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
		case err != nil && !errors.Is(err, bufio.ErrBufferFull): // a longer line is not ours, and is skipped in pieces
			return false, fmt.Errorf("journal: %w", err)
		}
	}
}

// ErrTooLong means that an event does not fit in a line.
var ErrTooLong = errors.New("event is too long")

// encode returns the line for an event. If the line is too long, encode halves the number of conflict copies until it fits.
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
