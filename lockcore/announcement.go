package lockcore

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// PeersName is the directory in a store in which each machine that shares it keeps one file, written by that machine alone.
// The program that syncs the store also syncs these files.
const PeersName = ".lockbar"

const (
	peerSchema = 1 // schema of the files; a file with another one is ignored
	peerSuffix = ".json"
	// ShortID is the number of digits of a machine's id in the name of its file, and on the screen: enough to tell the machines of
	// one store apart.
	ShortID = 8
	// maxPeerSize bounds a file, in bytes. The longest one is about half as large, unless JSON escapes the characters of a name.
	maxPeerSize = 4 << 10
	// maxPeerText bounds each text in a file, in bytes: gethostname(2) returns at most 255.
	maxPeerText = 255
	// MaxGone limits the tokens that an Announcement holds.
	MaxGone = 8
)

// Announcement is the content of a machine's file in a store. Host, Version and each DaemonID.StartedAt are foreign text: clean them
// before you show them.
type Announcement struct {
	Machine  string    // id of the machine: 16 hex digits
	Host     string    // its host name
	Version  string    // version of its Lockbar
	At       time.Time // time of writing, by its own clock; later than in every earlier file of the machine
	Watching bool      // whether its Lockbar runs and watches the store
	Daemon   DaemonID  // the daemon of this store, or the lockbar run, that took the lock there and still runs; zero for none
	// Gone lists the tokens of locks whose holder ran there, as that Lockbar saw, and is gone.
	Gone [MaxGone]Token
	Ask  Ask // its request to another machine; zero for none
}

// Ask is a machine's request to the user of another one to stop the daemon there. The other machine only shows it.
type Ask struct {
	Machine string    `json:"machine"` // id of the machine that is asked
	Daemon  DaemonID  `json:"daemon"`  // the daemon that runs there
	At      time.Time `json:"at"`      // time of the request, by the asking machine's clock
}

// DaemonID identifies a daemon among all machines and times.
type DaemonID struct {
	PID int `json:"pid"`
	// StartedAt is started_at of the lock that the daemon took or, if that is unknown, the start of the process, or else "unknown".
	StartedAt string `json:"started_at"`
}

// took reports whether the daemon took this lock.
func (d DaemonID) took(r Record) bool {
	return d.PID != 0 && d.PID == r.PID && d.StartedAt == r.StartedAt
}

// reportsGone reports whether the machine reports that the holder of the lock with this token is gone, and that no daemon runs
// there now.
func (a *Announcement) reportsGone(t Token) bool {
	return a.Daemon == (DaemonID{}) && t != "" && slices.Contains(a.Gone[:], t)
}

// announcementJSON is the form of an Announcement in its file. The pointers detect missing keys.
type announcementJSON struct {
	Schema   int       `json:"schema"`
	Machine  string    `json:"machine"`
	Host     string    `json:"host"`
	Version  string    `json:"lockbar"`
	At       time.Time `json:"at"`
	Watching *bool     `json:"watching"`
	Daemon   *DaemonID `json:"daemon"`
	Gone     []Token   `json:"gone"`
	Ask      *Ask      `json:"ask"`
}

// encode returns the content of the file.
func (a Announcement) encode() []byte {
	f := announcementJSON{Schema: peerSchema, Machine: a.Machine, Host: a.Host, Version: a.Version, At: a.At, Watching: &a.Watching, Gone: []Token{}}
	if a.Daemon != (DaemonID{}) {
		f.Daemon = &a.Daemon
	}
	if a.Ask != (Ask{}) {
		f.Ask = &a.Ask
	}
	for _, t := range a.Gone {
		if t != "" {
			f.Gone = append(f.Gone, t)
		}
	}
	data, err := json.Marshal(f)
	if err != nil {
		panic("lockcore: encode announcement: " + err.Error()) // plain data cannot fail
	}
	return append(data, '\n')
}

// parsePeer reads the file of a machine. It ignores unknown keys. It rejects a file if the value of a known key is invalid, or if a
// known key other than daemon, gone and ask is missing.
func parsePeer(data []byte) (Announcement, error) {
	var f announcementJSON
	if err := json.Unmarshal(data, &f); err != nil {
		return Announcement{}, err
	}
	switch {
	case f.Schema != peerSchema:
		return Announcement{}, fmt.Errorf("schema %d, not %d", f.Schema, peerSchema)
	case !machine.Valid(f.Machine), !isPeerText(f.Host), !isPeerText(f.Version), !isPeerTime(f.At), f.Watching == nil, len(f.Gone) > MaxGone:
		return Announcement{}, errMalformed
	}
	a := Announcement{Machine: f.Machine, Host: f.Host, Version: f.Version, At: f.At.UTC(), Watching: *f.Watching}
	for i, t := range f.Gone {
		if !t.isValid() {
			return Announcement{}, errMalformed
		}
		a.Gone[i] = t
	}
	if d := f.Daemon; d != nil {
		if !d.isValid() {
			return Announcement{}, errMalformed
		}
		a.Daemon = *d
	}
	if q := f.Ask; q != nil {
		if !machine.Valid(q.Machine) || !q.Daemon.isValid() || !isPeerTime(q.At) {
			return Announcement{}, errMalformed
		}
		a.Ask = Ask{q.Machine, q.Daemon, q.At.UTC()}
	}
	return a, nil
}

func (d DaemonID) isValid() bool { return d.PID > 0 && d.PID <= MaxPID && isPeerText(d.StartedAt) }

var errMalformed = errors.New("not written by Lockbar")

// isPeerTime reports whether a time may come from a clock, however wrong. Near the end of the year 9999 a time has no JSON form in
// some zones.
func isPeerTime(t time.Time) bool { return t.Unix() > 0 && t.Unix() < maxUnix-secondsOfYear }

const secondsOfYear = 366 * 24 * 60 * 60

func isPeerText(s string) bool { return s != "" && len(s) <= maxPeerText && utf8.ValidString(s) }

// isValid reports whether t has the form of a Token.
func (t Token) isValid() bool {
	digits, ok := strings.CutPrefix(string(t), tokenPrefix)
	return ok && len(digits) == len(tokenOf(nil))-len(tokenPrefix) && strings.Trim(digits, "0123456789abcdef") == ""
}

// peerName returns the end of the name of a machine's file. A copy that a sync engine made of the file ends differently.
func peerName(id string) string { return "-" + id[:ShortID] + peerSuffix }

// mayBePeer reports whether a file with this name in PeersName is read.
func mayBePeer(name []byte) bool {
	end := len(name) - len(peerSuffix) - ShortID - 1
	return end > 0 && name[0] != '.' && name[end] == '-' && string(name[len(name)-len(peerSuffix):]) == peerSuffix
}

// peerPrefix returns the beginning of the name of a host's file: the host name with only characters that are safe in a file name on
// every system.
func peerPrefix(host string) string {
	const longest = 64 // bytes; RFC 1035 allows a label 63
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '.', r == '_':
			return r
		}
		return '-'
	}, host)
	return cmp.Or(strings.TrimLeft(safe[:min(len(safe), longest)], "."), "host")
}

// abandonedAfter is the age at which a temporary file counts as abandoned by its writer.
const abandonedAfter = time.Minute

// Announce writes the file of a machine in the store, which must exist. It refuses a link in the place of the directory.
func (s *Store) Announce(a Announcement) error {
	dir := s.path(PeersName)
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return errors.Join(err, &fs.PathError{Op: "write", Path: dir, Err: syscall.ENOTDIR})
	}
	name := peerPrefix(a.Host) + peerName(a.Machine)
	for _, own := range s.ownFiles(a.Machine) {
		path := filepath.Join(dir, own)
		if kept, evicted := placeheld([]byte(own)); evicted || !strings.HasPrefix(own, ".") {
			name = string(kept) // keep the name even if the host name has changed
		} else if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > abandonedAfter {
			_ = os.Remove(path) // its Lockbar was killed while writing
		}
	}
	return fsx.Replace(filepath.Join(dir, name), a.encode(), 0o600)
}

// Retract removes the file of a machine, and the directory if it has no other file.
func (s *Store) Retract(id string) error {
	var failed error
	for _, own := range s.ownFiles(id) {
		failed = errors.Join(failed, os.Remove(s.path(filepath.Join(PeersName, own))))
	}
	if info, err := os.Lstat(s.path(PeersName)); err == nil && info.IsDir() { // not a file that somebody put there
		_ = os.Remove(s.path(PeersName)) // fails unless the directory is empty
	}
	return failed
}

// ownFiles lists the files of a machine in PeersName: its announcement or the placeholder of one, and temporary ones.
func (s *Store) ownFiles(id string) (names []string) {
	dir, end := s.path(PeersName), peerName(id)
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return nil
	}
	_, _ = fsx.EachName(dir, func(listed []byte) {
		name := string(listed)
		announcement, _ := placeheld(listed)
		temporary := strings.HasPrefix(name, ".") && strings.Contains(name, end+".") && strings.HasSuffix(name, tempSuffix)
		if temporary || mayBePeer(announcement) && strings.HasSuffix(string(announcement), end) {
			names = append(names, name)
		}
	})
	return names
}
