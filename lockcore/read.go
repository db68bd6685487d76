package lockcore

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// MaxSize is the largest lock file that is read, in bytes: a record has about 150.
const MaxSize = 64 << 10

// maxStateSize bounds .daemon-state.json, which holds more than the one field that we read.
const maxStateSize = 1 << 20

// file is a lock file, or why there is none to read.
type file struct {
	data    []byte
	absent  bool
	reason  Reason // why it was not read
	err     error
	target  string    // where a symbolic link leads
	changed time.Time // ctime, not before the last write that data shows
	written time.Time // modification time, which a rename leaves as it is
	info    fs.FileInfo
}

func (f file) token() Token {
	if f.absent || f.reason != "" {
		return ""
	}
	return tokenOf(f.data)
}

// isRecord reports whether the file is a whole lock. A daemon that fills its lock in place has not finished one that is not.
func (f file) isRecord() bool {
	_, err := Parse(f.data)
	return err == nil && f.token() != ""
}

// is reports whether the file is the one that was read before, wherever it was moved. Two records with the same bytes are the
// same claim. What is no record must not have been written since either: the lock of a daemon that is about to fill it is as
// empty as the one that a killed daemon left.
func (f file) is(before file) bool {
	return f.token() == before.token() && (f.isRecord() || f.written.Equal(before.written))
}

// continues reports whether the file is the one that was read before, or the same one of which its writer has written more.
func (f file) continues(before file) bool {
	return f.token() == before.token() || os.SameFile(f.info, before.info) && bytes.HasPrefix(f.data, before.data)
}

const tokenPrefix = "sha256:"

func tokenOf(data []byte) Token {
	sum := sha256.Sum256(data)
	return Token(tokenPrefix + hex.EncodeToString(sum[:]))
}

// readLock reads one lock file: lstat first, regular files only, nothing that may block is
// opened.
func readLock(path string) file {
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return readLink(path)
	}
	if err != nil {
		return unreadable(err)
	}
	return readRegular(path, info, MaxSize)
}

// readLink follows a lock that is a symbolic link. One that leads nowhere is refused: a daemon's write would replace it. So is
// one whose target goes while we look: the link is there, and that is no absence.
func readLink(path string) file {
	f := readTarget(path)
	if f.absent || errors.Is(f.err, syscall.ENOTDIR) {
		return file{reason: NotARegularFile, err: errors.New("a symbolic link that leads nowhere")}
	}
	return f
}

func readTarget(link string) file {
	if _, err := os.Stat(link); err != nil { // of a loop EvalSymlinks says no ELOOP
		return unreadable(err)
	}
	target, err := filepath.EvalSymlinks(link)
	if err != nil {
		return unreadable(err)
	}
	info, err := os.Lstat(target)
	if err != nil {
		return unreadable(err)
	}
	f := readRegular(target, info, MaxSize)
	f.target = target
	return f
}

func readRegular(path string, info fs.FileInfo, most int64) file {
	switch {
	case !info.Mode().IsRegular():
		return file{reason: NotARegularFile, err: errors.New(kindOf(info.Mode()))}
	case dataless(info):
		return file{reason: NotDownloaded, err: errors.New("its content is in the cloud only")}
	case info.Size() > most:
		return tooLarge(most)
	}
	f := readBytes(path, info.Size(), most)
	f.info = info
	return f
}

// readBytes reads what is believed to be a regular file of that size.
func readBytes(path string, size, most int64) file {
	f, err := openShared(path)
	if err != nil {
		return unreadable(err)
	}
	defer f.Close()
	if regular, err := f.isRegular(); err == nil && !regular {
		return file{reason: NotARegularFile, err: errors.New("something else took its place")}
	}
	data, err := readAtMost(f, make([]byte, 0, size+1), most)
	if err != nil {
		return unreadable(err)
	}
	if int64(len(data)) > most {
		return tooLarge(most)
	}
	// After the read, so that whoever writes meanwhile shows: a look may still meet the file of before by its name.
	changed, written, err := f.times()
	if err != nil {
		return unreadable(err)
	}
	return file{data: data, changed: changed, written: written}
}

// readAtMost reads to the end, or to one byte more than the most. buf has room for what is expected and one more, so that
// the end is seen without growing it: io.ReadAll would take twice the memory and more.
func readAtMost(r io.Reader, buf []byte, most int64) ([]byte, error) {
	for int64(len(buf)) <= most {
		if len(buf) == cap(buf) {
			buf = slices.Grow(buf, 1)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return buf, nil
}

func tooLarge(most int64) file {
	return file{reason: TooLarge, err: fmt.Errorf("larger than %d KiB", most>>10)}
}

func kindOf(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "not a regular file"
}

func unreadable(err error) file {
	if errors.Is(err, fs.ErrNotExist) {
		return file{absent: true, err: err}
	}
	return file{reason: reasonOf(err), err: err}
}

// reasonOf maps what the system said to the reason that is shown.
func reasonOf(err error) Reason {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return StoreMissing
	case errors.Is(err, syscall.ENOTDIR):
		return NotADirectory
	case errors.Is(err, fs.ErrPermission):
		return Permission
	case errors.Is(err, os.ErrDeadlineExceeded), isTimeout(err):
		return Timeout
	case isEvicted(err):
		return NotDownloaded
	case isLoop(err):
		return NotARegularFile
	}
	return IOError
}
