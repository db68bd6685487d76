package lockcore

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"time"
)

// Token names the exact bytes of a lock file: "sha256:" and the hex digest. Empty where there is no lock or it was not read.
type Token string

// Snapshot is one look at a store. It is comparable with ==.
type Snapshot struct {
	Store  string // the store directory, absolute, as given
	Lock   string // the lock file in it
	State  State
	Reason Reason
	Record Record // zero where there is no valid lock
	Token  Token
	Host   string // our name at the time of the look
	// Holder is the process that the lock names, where the lock is of this host; with StoreOpen the process that was found to
	// hold the store, whose PID here is another one; else zero.
	Holder Process
	// LocalDaemon is a process that runs here and is known to have held the store, although the lock does not say so: it is
	// gone, corrupt, or names another process. With OtherDaemonAlive also the one that holds it here. Else zero.
	LocalDaemon Process
	// Starting is a daemon of this store that runs here and is not known to have held the lock: daemons open the store for
	// seconds to minutes before they take it. Nothing is changed without force meanwhile.
	Starting Process
	// OpenedBy is another program here that has the database of the store open. It proves nothing.
	OpenedBy   Process
	Conflicts  Conflicts
	MoreCopies int    // how many files that may be conflict copies too were not read
	LinkTarget string // where the lock leads when it is a symbolic link
	Alias      bool   // the lock names a host name that this machine had; proves nothing
	Namesake   bool   // the lock is of another machine that has our name
	Peers      Peers  // what the machines that share the store last said
	// HolderAlive reports that the holder's own machine says that it runs.
	HolderAlive bool
	Problem     Problem   // what the system said where the state is Unknown, what is wrong where it is Corrupt
	DirChanged  time.Time // when the store directory last changed: an absence older than SettleTime is no swap
	// LockChanged is when the lock file last changed: one that is no record, and older than SettleTime, is not being written.
	LockChanged time.Time

	innerHolder       bool   // with StoreOpen: the lock names Holder, by its PID in its own namespace
	holderUnnamed     bool   // the lock names another process than Holder, also where the reason does not say so
	holderInContainer bool   // the holder of the lock was found here, in a namespace of its own
	nameTaken         bool   // another machine has the name that the lock has
	takenElsewhere    bool   // another machine says that its daemon took it
	text              string // what the lock holds, if it is no longer than maxKeptLock
	stateNamesDaemon  bool   // .daemon-state.json names a daemon of the store that runs here
	stateNamesNone    bool   // .daemon-state.json says that no daemon of the store runs
	goneHolders       uint8  // a bit for each entry of Memory.Seen whose process is gone
}

// Problem is an error in parts that == compares: who shows it may leave out a long path that the reader knows.
type Problem struct {
	Op, Path string // what was tried on which path; empty where the error does not tell
	Err      string // the cause; empty where there was no error
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

// String is the text of the error.
func (p Problem) String() string {
	tried := strings.TrimSpace(p.Op + " " + p.Path)
	if tried == "" {
		return p.Err
	}
	return tried + ": " + p.Err
}

// InUse reports whether a process here uses the store, two claim it, or another machine says that its daemon does, as far as this
// look shows: nothing is removed or taken then without force. What is no daemon may give the lock back and run on, so beside a store without a lock it is no user.
func (s Snapshot) InUse() bool {
	beside := s.LocalDaemon.PID != 0 && (s.State != Unlocked || s.LocalDaemon.Kind != OtherProgram)
	elsewhere := s.State == HeldElsewhere && s.HolderAlive || s.State == Unlocked && len(s.Elsewhere()) > 0
	return s.State == HeldHere || s.State == Contested || elsewhere || s.Starting.PID != 0 || beside
}

// Same reports whether nothing happened between two looks that is worth an event: state, reason, record and conflicts
// are equal.
func (s Snapshot) Same(o Snapshot) bool {
	return s.Store == o.Store && s.State == o.State && s.Reason == o.Reason && s.Record == o.Record && s.Conflicts == o.Conflicts
}

// NamesHolder reports whether the lock names Holder, by its PID here or in its own PID namespace. With StoreOpen it may name
// another process, which is gone.
func (s Snapshot) NamesHolder() bool {
	return s.Reason != StoreOpen && !s.holderUnnamed || s.innerHolder
}

// OnThisHost reports whether the lock names this host, by its name now or by an earlier one.
func (s Snapshot) OnThisHost() bool {
	return s.Reason == RenamedHost || SameHost(s.Record.Hostname, s.Host) && !s.Namesake
}

// HasLock reports whether a lock file was seen, valid or not.
func (s Snapshot) HasLock() bool { return s.Token != "" }

// Conflict is a copy of the lock that a sync engine made.
type Conflict struct {
	Path   string
	Record Record // each field cut to 256 bytes
	// Superseded: this copy claims nothing any more. The lock was taken anew after it appeared, or its holder is gone.
	Superseded bool
}

// Conflicts is a list of conflict copies, sorted by path, in a form that == compares.
type Conflicts struct{ encoded string }

// encodedConflict keeps a path byte for byte; as a JSON string one that is no UTF-8 would name another file.
type encodedConflict struct {
	Path       []byte
	Record     Record `json:",omitzero"`
	Superseded bool
}

// NewConflicts makes the comparable form of a list.
func NewConflicts(list []Conflict) Conflicts {
	var encoded []encodedConflict
	for _, c := range list {
		encoded = append(encoded, encodedConflict{[]byte(c.Path), c.Record, c.Superseded})
	}
	sort.Slice(encoded, func(i, j int) bool { return string(encoded[i].Path) < string(encoded[j].Path) }) // not of package slices: see listening.listen
	return Conflicts{encodeList(encoded)}
}

// List gives the copies back; nil where there is none.
func (c Conflicts) List() (list []Conflict) {
	for _, e := range decodeList[encodedConflict](c.encoded) {
		list = append(list, Conflict{string(e.Path), e.Record, e.Superseded})
	}
	return list
}

// encodeList returns a list of plain data in a form that == compares: JSON, or nothing where the list is empty.
func encodeList[T any](list []T) string {
	if len(list) == 0 {
		return ""
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic(fmt.Sprintf("lockcore: %T is plain data: %v", list, err))
	}
	return string(b)
}

func decodeList[T any](encoded string) (list []T) {
	if encoded == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(encoded), &list); err != nil {
		panic(fmt.Sprintf("lockcore: %T was not made by encodeList: %v", list, err))
	}
	return list
}
