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
	// maxJournal limits a file of the journal, in bytes. A full file is renamed and kept until the next one is full.
	maxJournal = 1 << 20
	// maxLine limits a line that is written, in bytes. Of an event that is too long fewer conflict copies are written (see encode).
	maxLine = 16 << 10
	// maxJournalFile limits the file that is read, in bytes. A larger file is not a journal: a line that would make a file exceed
	// maxJournal begins a new one. The limit has a margin of one line.
	maxJournalFile = maxJournal + maxLine
)

// Journal is the history of all stores in one state directory: one JSON object per line, oldest first. Several processes may
// append. Each line is whole unless its writer was interrupted; readers skip one that is not. A Journal keeps no file open.
type Journal struct{ dir string }

// OpenJournal returns the journal of a state directory. It opens no file.
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

// rotate renames the file if the line does not fit, so that the write begins a new one. A file that is too large for a journal does not
// replace the old file, but is set aside.
func (j Journal) rotate(line int64) error {
	info, err := fsx.Lstat(j.path(journalName))
	switch {
	case err != nil, !info.Mode().IsRegular(), info.Size()+line <= maxJournal: // if something is wrong with it, the write reports that
		return nil
	case info.Size() > maxJournalFile:
		return setAside(j.path(journalName))
	}
	return fsx.Rename(j.path(journalName), j.path(oldJournalName))
}

// torn reports whether the last line has no end because its writer was interrupted. The next line must not continue that one.
func torn(f *os.File) bool {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil || end == 0 {
		return false
	}
	var last [1]byte
	_, err = f.ReadAt(last[:], end-1)
	return err == nil && last[0] != '\n'
}

// Last returns the newest n lines, oldest first; all lines if n is 0. It skips lines that are not a JSON object. A missing
// journal is empty. The error names a file that cannot be read, is not a regular file, or is too large for a journal.
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

// tailSize limits the bytes that Recent reads at the end of a file. At least three of the longest lines fit.
const tailSize = 64 << 10

// Recent returns at most the newest n lines, oldest first. Unlike Last it reads only the end of each file, for a caller that needs few lines
// and little memory.
func (j Journal) Recent(n int) ([]json.RawMessage, error) {
	data, err := fsx.ReadEnd(j.path(journalName), tailSize) // may begin in the middle of a line
	if err != nil && !fsx.IsAbsent(err) {
		return nil, fmt.Errorf("journal: %w", err)
	}
	lines := objects(data)
	if len(lines) < n && len(data) < tailSize { // the current file was read whole
		old, _ := fsx.ReadEnd(j.path(oldJournalName), tailSize) // an unreadable old file is ignored, as by Record
		lines = append(objects(old), lines...)
	}
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
