package state

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"lockbar/internal/fsx"
)

const (
	journalName    = "history.jsonl"
	oldJournalName = "history.old.jsonl"
	journalLock    = "history.lock"
	// maxJournal is when a new file is begun, in bytes; the one before is kept, so that at least as much history is there.
	maxJournal = 1 << 20
	// maxLine is the longest line that is written, in bytes. What is kept of an event is cut to it.
	maxLine = 16 << 10
	// maxJournalFile is the largest file that is read: a line is written where the file does not reach maxJournal with it, or is new.
	maxJournalFile = maxJournal + maxLine
)

// Journal is the history of all stores in one state directory: one JSON object per line, oldest first. Several processes may
// append; a line is there whole or not at all, but for the last one after a power cut, which readers pass over. A Journal holds
// nothing open.
type Journal struct{ dir string }

// OpenJournal names the journal of a state directory; it touches no file.
func OpenJournal(stateDir string) Journal { return Journal{stateDir} }

func (j Journal) path(name string) string { return filepath.Join(j.dir, name) }

func (j Journal) write(line []byte) error {
	if err := j.rotate(int64(len(line))); err != nil {
		return fmt.Errorf("journal: rotate: %w", err)
	}
	f, err := fsx.Open(j.path(journalName), os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	if torn(f) {
		line = append([]byte{'\n'}, line...)
	}
	if _, err := f.Write(line); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return f.Sync()
}

// rotate begins a new file where the line does not fit. What is larger than a history can have become is none, and does not take
// the place of the one before.
func (j Journal) rotate(line int64) error {
	info, err := fsx.Lstat(j.path(journalName))
	switch {
	case err != nil, !info.Mode().IsRegular(), info.Size()+line <= maxJournal: // what is wrong with it, if anything, the write says
		return nil
	case info.Size() > maxJournalFile:
		return putAside(j.path(journalName))
	}
	return fsx.Rename(j.path(journalName), j.path(oldJournalName))
}

// torn: the last line has no end, because its writer was cut off. The next one must not join it.
func torn(f *os.File) bool {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil || end == 0 {
		return false
	}
	var last [1]byte
	_, err = f.ReadAt(last[:], end-1)
	return err == nil && last[0] != '\n'
}

// Last gives the newest n lines, oldest first; all that are kept where n is 0. What is no JSON object is passed over. A
// journal that is not there is empty. The error names the file that cannot be read, is no regular file or larger than it can
// have become.
func (j Journal) Last(n int) ([]json.RawMessage, error) {
	var lines []json.RawMessage
	for _, name := range []string{oldJournalName, journalName} {
		data, err := fsx.Read(j.path(name), maxJournalFile)
		if err != nil && !fsx.IsAbsent(err) {
			return nil, fmt.Errorf("journal: %w", err)
		}
		lines = append(lines, objects(data)...)
	}
	if n > 0 && len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return lines, nil
}

// tailSize bounds what is read of the end of the file: at least three of the longest lines.
const tailSize = 64 << 10

// Recent returns the newest n lines at most, oldest first, as Last does, but reads no more than the end of the file: it is
// for a caller that wants a few and has little memory.
func (j Journal) Recent(n int) ([]json.RawMessage, error) {
	data, err := fsx.ReadEnd(j.path(journalName), tailSize) // may begin in the middle of a line
	if err != nil && !fsx.IsAbsent(err) {
		return nil, fmt.Errorf("journal: %w", err)
	}
	lines := objects(data)
	return lines[max(0, len(lines)-n):], nil
}

func objects(data []byte) []json.RawMessage {
	var out []json.RawMessage
	for line := range bytes.Lines(data) {
		line = bytes.TrimSpace(line)
		if bytes.HasPrefix(line, []byte{'{'}) && json.Valid(line) {
			out = append(out, line)
		}
	}
	return out
}
