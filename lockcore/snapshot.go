package lockcore

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"time"
)

// Token identifies the exact bytes of a lock file: "sha256:" and the hex digest. It is empty if there is no lock or the lock was not
// read.
type Token string

// Snapshot is the result of one look at a store. It is comparable with ==.
type Snapshot struct {
	Store  string // the store directory (Store.Dir)
	Lock   string // the lock file in it
	State  State
	Reason Reason
	Record Record // zero if there is no valid lock
	Token  Token
	Host   string // this host's name at the time of the look
	// Holder is the process that the lock names, if the lock is of this host. With StoreOpen, which OtherDaemonAlive may hide, it is the
	// process that was found to hold the store, which has another PID here than the lock names. Otherwise it is zero.
	Holder Process
	// LocalDaemon is a process that runs here and is known to have held the store, although the lock is gone, is corrupt, or names
	// another process. With OtherDaemonAlive it may also be the process that holds the store here. Otherwise it is zero.
	LocalDaemon Process
	// Starting is a daemon of this store that runs here and is not known to have held the lock: a daemon has the store open for seconds
	// to minutes before it takes the lock. Meanwhile no lock is removed or taken without force.
	Starting Process
	// OpenedBy is another program here that has the database of the store open. It proves nothing.
	OpenedBy   Process
	Conflicts  Conflicts
	MoreCopies int    // number of possible conflict copies that were not read
	LinkTarget string // target of the lock if it is a symbolic link
	Alias      bool   // the lock has a former host name of this machine (Options.Aliases), which proves nothing
	Namesake   bool   // the lock is of another machine with our name
	Peers      Peers  // last announcements of the machines that share the store
	// HolderAlive reports that the holder's own machine reports it as running.
	HolderAlive bool
	Problem     Problem   // the error if the state is Unknown, or what is wrong with a Corrupt lock
	DirChanged  time.Time // time of the store directory's last change; if older than SettleTime, an absent lock is not being swapped
	// LockChanged is the time of the lock file's last change. If it is older than SettleTime, a lock that is not a record is not being
	// written.
	LockChanged time.Time

	innerHolder       bool   // with StoreOpen: the lock names Holder, by its PID in its own namespace
	holderUnnamed     bool   // the lock names another process than Holder; set even if Reason is not StoreOpen
	holderInContainer bool   // the holder of the lock runs here, in a PID namespace of its own
	nameTaken         bool   // another machine's host name is that of the lock
	takenElsewhere    bool   // another machine reports that its daemon took the lock
	text              string // content of the lock, if it is no link and no longer than maxKeptLock
	stateNamesDaemon  bool   // .daemon-state.json names a daemon of the store that runs here
	stateNamesNone    bool   // .daemon-state.json names no daemon of the store that runs here
	goneHolders       uint8  // a bit for each entry of Memory.HeldLocks whose process is gone
}

// Problem holds the parts of an error, so that == compares it and a caller can omit a long path that the user knows.
type Problem struct {
	Op, Path string // the failed operation and its path; empty if unknown
	Err      string // the cause; empty if there was no error
}

func problemOf(err error) Problem {
	switch e := err.(type) {
	case nil:
		return Problem{}
	case *fs.PathError:
		return Problem{e.Op, e.Path, e.Err.Error()}
	case *formatError:
		return Problem{Op: formatOp, Err: e.cause()}
	}
	return Problem{Err: err.Error()}
}

// String returns the text of the error.
func (p Problem) String() string {
	tried := strings.TrimSpace(p.Op + " " + p.Path)
	if tried == "" {
		return p.Err
	}
	return tried + ": " + p.Err
}

// InUse reports whether, as far as this look shows, a process here uses the store, the store is contested, or another machine reports that
// its daemon holds this lock or, if there is no lock, that its daemon runs. If so, no lock is removed or taken without force. An
// OtherProgram may release the lock and keep running, so it does not count if the store has no lock.
func (s Snapshot) InUse() bool {
	beside := s.LocalDaemon.PID != 0 && (s.State != Unlocked || s.LocalDaemon.Kind != OtherProgram)
	elsewhere := s.State == HeldElsewhere && s.HolderAlive || s.State == Unlocked && len(s.Elsewhere()) > 0
	return s.State == HeldHere || s.State == Contested || elsewhere || s.Starting.PID != 0 || beside
}

// Same reports whether two looks at a store differ in nothing that is an event: state, reason, record and conflicts are equal.
func (s Snapshot) Same(o Snapshot) bool {
	return s.Store == o.Store && s.State == o.State && s.Reason == o.Reason && s.Record == o.Record && s.Conflicts == o.Conflicts
}

// NamesHolder reports whether the lock names Holder, by its PID here or in its own PID namespace. With StoreOpen it may name
// another process, which is gone.
func (s Snapshot) NamesHolder() bool {
	return s.Reason != StoreOpen && !s.holderUnnamed || s.innerHolder
}

// OnThisHost reports whether the lock names this host, by its current or an earlier name.
func (s Snapshot) OnThisHost() bool {
	return s.Reason == RenamedHost || SameHost(s.Record.Hostname, s.Host) && !s.Namesake
}

// HasLock reports whether a lock file was seen, valid or not.
func (s Snapshot) HasLock() bool { return s.Token != "" }

// Conflict describes a copy of the lock that a sync engine made.
type Conflict struct {
	Path   string
	Record Record // each field cut to 256 bytes
	// Superseded means that this copy no longer counts: the lock was taken again after it appeared, or its holder is gone.
	Superseded bool
}

// Conflicts is a list of conflict copies, sorted by path, in a form that == compares.
type Conflicts struct{ encoded string }

// encodedConflict keeps a path byte for byte: a JSON string would change a path that is not UTF-8.
type encodedConflict struct {
	Path       []byte
	Record     Record `json:",omitzero"`
	Superseded bool
}

// NewConflicts returns the comparable form of a list.
func NewConflicts(list []Conflict) Conflicts {
	var encoded []encodedConflict
	for _, c := range list {
		encoded = append(encoded, encodedConflict{[]byte(c.Path), c.Record, c.Superseded})
	}
	sort.Slice(encoded, func(i, j int) bool { return string(encoded[i].Path) < string(encoded[j].Path) }) // not package slices: see peerUpdate.apply
	return Conflicts{encodeList(encoded)}
}

// List returns the copies; nil if there are none.
func (c Conflicts) List() (list []Conflict) {
	for _, e := range decodeList[encodedConflict](c.encoded) {
		list = append(list, Conflict{string(e.Path), e.Record, e.Superseded})
	}
	return list
}

// encodeList returns a list of plain data in a form that == compares: JSON, or "" for an empty list.
func encodeList[T any](list []T) string {
	if len(list) == 0 {
		return ""
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic(fmt.Sprintf("lockcore: encode %T: %v", list, err))
	}
	return string(b)
}

func decodeList[T any](encoded string) (list []T) {
	if encoded == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(encoded), &list); err != nil {
		panic(fmt.Sprintf("lockcore: decode %T: %v", list, err))
	}
	return list
}
