package lockcore

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// PeersName is the directory in a store in which the machines that share it say what each knows: one file for each, which it alone
// writes. Whatever syncs the store carries them.
const PeersName = ".lockbar"

const (
	peerSchema = 1 // of the files; one of another schema is ignored
	peerSuffix = ".json"
	// ShortID is how much of a machine's id is in the name of its file, and shown: enough to tell the machines of one store apart.
	ShortID = 8
	// maxPeerSize bounds a file, in bytes: the longest that is written has about half of it.
	maxPeerSize = 4 << 10
	// maxPeerText bounds a name in it, in bytes: gethostname(2) gives at most 255.
	maxPeerText = 255
	// MaxGone is how many tokens an Announcement holds.
	MaxGone = 8
)

// Announcement is what a machine says of itself and a store in its file there. Host and Version are a stranger's text: clean them
// before they are shown.
type Announcement struct {
	Machine  string    // its id: 16 hex digits
	Host     string    // its name
	Version  string    // of its Lockbar
	At       time.Time // by its own clock; each file that a machine writes has a later one
	Watching bool      // its Lockbar runs and watches the store
	Daemon   DaemonID  // the daemon of this store that runs there, or the lockbar run; zero for none
	// Gone are tokens of locks whose holder that Lockbar saw alive there, and is gone.
	Gone [MaxGone]Token
	Ask  Ask // zero: nobody is asked
}

// Ask is the request of a machine to another one: that its user may stop the daemon there. It is shown there, and no more.
type Ask struct {
	Machine string    `json:"machine"` // the id of the one that is asked
	Daemon  DaemonID  `json:"daemon"`  // that runs there
	At      time.Time `json:"at"`      // by the clock of the one that asks
}

// DaemonID names a daemon among all machines and times.
type DaemonID struct {
	PID int `json:"pid"`
	// StartedAt is that of the lock that it took; where that is not known, when the process started.
	StartedAt string `json:"started_at"`
}

// took reports whether a lock is the one that the daemon took.
func (d DaemonID) took(r Record) bool {
	return d.PID != 0 && d.PID == r.PID && d.StartedAt == r.StartedAt
}

// hasGone reports whether the machine says that the holder of the lock with that token is gone, and that nothing runs there now.
func (a *Announcement) hasGone(t Token) bool {
	if a.Daemon != (DaemonID{}) || t == "" {
		return false
	}
	for _, gone := range a.Gone {
		if gone == t {
			return true
		}
	}
	return false
}

// announcementJSON is an Announcement as the file has it. A pointer tells a key that is missing.
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
		panic("lockcore: an announcement is plain data: " + err.Error())
	}
	return append(data, '\n')
}

// parsePeer reads the file of a machine. Keys that it does not know are ignored; a file that is not sound in each of those that it
// knows is none.
func parsePeer(data []byte) (Announcement, error) {
	var f announcementJSON
	if err := json.Unmarshal(data, &f); err != nil {
		return Announcement{}, err
	}
	switch {
	case f.Schema != peerSchema:
		return Announcement{}, fmt.Errorf("schema %d, not %d", f.Schema, peerSchema)
	case !machine.Valid(f.Machine), !isPeerText(f.Host), !isPeerText(f.Version), !isPeerTime(f.At), f.Watching == nil, len(f.Gone) > MaxGone:
		return Announcement{}, errUnsound
	}
	a := Announcement{Machine: f.Machine, Host: f.Host, Version: f.Version, At: f.At.UTC(), Watching: *f.Watching}
	for i, t := range f.Gone {
		if !t.isValid() {
			return Announcement{}, errUnsound
		}
		a.Gone[i] = t
	}
	if d := f.Daemon; d != nil {
		if !d.isSound() {
			return Announcement{}, errUnsound
		}
		a.Daemon = *d
	}
	if q := f.Ask; q != nil {
		if !machine.Valid(q.Machine) || !q.Daemon.isSound() || !isPeerTime(q.At) {
			return Announcement{}, errUnsound
		}
		a.Ask = Ask{q.Machine, q.Daemon, q.At.UTC()}
	}
	return a, nil
}

func (d DaemonID) isSound() bool { return d.PID > 0 && d.PID <= MaxPID && isPeerText(d.StartedAt) }

var errUnsound = errors.New("not what a Lockbar writes")

// isPeerTime reports whether a time may be one of a clock, however wrong: what is far from all of them has no form in JSON in every zone.
func isPeerTime(t time.Time) bool { return t.Unix() > 0 && t.Unix() < maxUnix-secondsOfYear }

const secondsOfYear = 366 * 24 * 60 * 60

func isPeerText(s string) bool { return s != "" && len(s) <= maxPeerText && utf8.ValidString(s) }

// isValid reports whether t has the form of a Token.
func (t Token) isValid() bool {
	digits, ok := strings.CutPrefix(string(t), tokenPrefix)
	return ok && len(digits) == len(tokenOf(nil))-len(tokenPrefix) && strings.Trim(digits, "0123456789abcdef") == ""
}

// peerName is the end of the names of a machine's files. A copy that a sync engine made of one ends otherwise.
func peerName(id string) string { return "-" + id[:ShortID] + peerSuffix }

// mayBePeer reports whether a file of that name in PeersName is read.
func mayBePeer(name []byte) bool {
	end := len(name) - len(peerSuffix) - ShortID - 1
	return end > 0 && name[0] != '.' && name[end] == '-' && string(name[len(name)-len(peerSuffix):]) == peerSuffix
}

// peerPrefix makes the beginning of a file's name of a host's: what is safe in it on any system.
func peerPrefix(host string) string {
	const longest = 64 // bytes, of which RFC 1035 gives a name 63
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '.', r == '_':
			return r
		}
		return '-'
	}, host)
	return cmp.Or(strings.TrimLeft(safe[:min(len(safe), longest)], "."), "host")
}

// leftTime is how old a temporary file is that nobody will put in place any more.
const leftTime = time.Minute

// Announce writes the file of a machine in the store, which must be there. A link in the place of the directory is refused.
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
		if !strings.HasPrefix(own, ".") {
			name = own // under the name that this machine had first
		} else if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > leftTime {
			_ = os.Remove(path) // of a Lockbar that was killed while it wrote
		}
	}
	return fsx.Replace(filepath.Join(dir, name), a.encode(), 0o600)
}

// Retract removes the file of a machine, and the directory if there is no other one.
func (s *Store) Retract(id string) error {
	var failed error
	for _, own := range s.ownFiles(id) {
		failed = errors.Join(failed, os.Remove(s.path(filepath.Join(PeersName, own))))
	}
	_ = os.Remove(s.path(PeersName)) // the system removes no directory that holds something
	return failed
}

// ownFiles lists what a machine has written in PeersName: its file, and temporary ones.
func (s *Store) ownFiles(id string) (names []string) {
	dir, end := s.path(PeersName), peerName(id)
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return nil
	}
	_, _ = fsx.EachName(dir, func(listed []byte) {
		name := string(listed)
		temporary := strings.HasPrefix(name, ".") && strings.Contains(name, end+".") && strings.HasSuffix(name, tempSuffix)
		if temporary || mayBePeer(listed) && strings.HasSuffix(name, end) {
			names = append(names, name)
		}
	})
	return names
}
