package lockcore

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"time"

	"lockbar/internal/fsx"
)

// MaxSize is the size of the largest lock file that is read, in bytes. A record has about 150.
const MaxSize = 64 << 10

// maxStateSize bounds .daemon-state.json, in bytes. It holds more than the one field that we read.
const maxStateSize = 1 << 20

// A file holds the content of a lock file, or the reason why it was not read.
type file struct {
	data    []byte
	absent  bool
	reason  Reason // why it was not read
	err     error
	link    string    // the text of a symbolic link
	led     Token     // the token of a link's former target, if a backup has it
	target  string    // the path that a link leads to
	changed time.Time // ctime, no earlier than the last write that is in data
	written time.Time // modification time, which a rename does not change
	info    fs.FileInfo
}

func (f file) token() Token {
	switch {
	case f.absent || f.reason != "":
		return ""
	case f.led != "":
		return f.led
	}
	return tokenOf(f.data)
}

// isRecord reports whether the file is a complete lock. A lock that its daemon is still writing in place is not.
func (f file) isRecord() bool {
	_, err := Parse(f.data)
	return err == nil && f.token() != ""
}

// is reports whether the file is the one that was read before, even if it was moved. Two records with the same bytes are the same
// claim. A file that is not a record must also have the same modification time: the lock that a daemon has just created is as empty as
// the lock that a killed daemon left.
func (f file) is(before file) bool {
	return f.link == before.link && f.token() == before.token() && (f.isRecord() || f.written.Equal(before.written))
}

// continues reports whether the file is the one that was read before, perhaps with more bytes from its writer.
func (f file) continues(before file) bool {
	return f.token() == before.token() || fsx.SameFile(f.info, before.info) && bytes.HasPrefix(f.data, before.data)
}

const tokenPrefix = "sha256:"

func tokenOf(data []byte) Token {
	sum := sha256.Sum256(data)
	return Token(tokenPrefix + hex.EncodeToString(sum[:]))
}

// readLock reads one lock file. It opens the file only if lstat shows that it is regular, so that the open does not block.
func readLock(path string) file {
	info, err := fsx.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return readLink(path)
	}
	if err != nil {
		return unreadable(err)
	}
	return readRegular(path, info, MaxSize)
}

// readLink reads a lock that is a symbolic link. It refuses a link that leads nowhere, since a daemon's write would replace it. It also
// refuses a link whose target disappears meanwhile: the link exists, so the lock is not absent.
func readLink(path string) file {
	link, err := os.Readlink(path)
	if err != nil {
		return unreadable(err)
	}
	f := readTarget(path)
	if f.absent || fsx.IsNotDirectory(f.err) {
		return file{reason: NotARegularFile, err: errors.New("a broken symbolic link"), link: link}
	}
	f.link = link
	return f
}

func readTarget(link string) file {
	if _, err := os.Stat(link); err != nil { // unlike EvalSymlinks it returns ELOOP for a loop
		return unreadable(err)
	}
	target, err := fsx.Real(link)
	if err != nil {
		return unreadable(err)
	}
	f := readPlain(target, MaxSize)
	f.target = target
	return f
}

// readPlain reads a regular file of at most this size. It follows no link.
func readPlain(path string, most int64) file {
	info, err := fsx.Lstat(path)
	if err != nil {
		return unreadable(err)
	}
	return readRegular(path, info, most)
}

func readRegular(path string, info fs.FileInfo, most int64) file {
	f, err := fsx.Load(path, info, most)
	if err != nil {
		return unreadable(err)
	}
	return file{data: f.Data, changed: f.Changed, written: f.Written, info: info}
}

func unreadable(err error) file {
	if fsx.IsAbsent(err) {
		return file{absent: true, err: err}
	}
	reason := reasonOf(err)
	if path := new(fs.PathError); reason.ofContent() && errors.As(err, &path) {
		err = path.Err // the text for this reason already names the lock
	}
	return file{reason: reason, err: err}
}

// ofContent reports whether the reason says what kind of file it is, rather than what the system failed to do.
func (r Reason) ofContent() bool { return r == NotARegularFile || r == TooLarge || r == NotDownloaded }

// reasonOf maps an error of the system to the reason that is shown.
func reasonOf(err error) Reason {
	switch {
	case fsx.IsAbsent(err):
		return StoreMissing
	case fsx.IsNotDirectory(err):
		return NotADirectory
	case errors.Is(err, fs.ErrPermission):
		return Permission
	case errors.Is(err, os.ErrDeadlineExceeded), fsx.IsTimeout(err):
		return Timeout
	case errors.Is(err, fsx.ErrNotDownloaded), fsx.IsEvicted(err):
		return NotDownloaded
	case errors.Is(err, fsx.ErrNotRegular), fsx.IsLoop(err):
		return NotARegularFile
	case errors.Is(err, fsx.ErrTooLarge):
		return TooLarge
	case fsx.IsFileLimit(err):
		return TooManyFiles
	}
	return IOError
}
