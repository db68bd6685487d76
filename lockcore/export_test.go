package lockcore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// OnStep makes the store call f between the steps of every change.
func (s *Store) OnStep(f func(step string)) { s.step = f }

// BlockReads makes each look call f before it reads the lock. f may block, as a dead mount does. A change that reads the lock between its
// looks may call f too.
func (s *Store) BlockReads(f func()) {
	read := s.read
	s.read = func(path string) file {
		f()
		return read(path)
	}
}

// Among makes the store look for daemons only among these processes: a search of the process table takes most of the time of a look.
func (s *Store) Among(pids ...int) {
	s.daemons = func(visit func(Process, arguments)) {
		for _, pid := range pids {
			if p, args := probeArguments(pid); p.Alive() && p.takesLocks() {
				visit(p, args)
			}
		}
	}
}

// Without makes the store work as on a file system that lacks these calls: "exchange", "link", "renameNew".
func (s *Store) Without(calls ...string) {
	lacking := func(string, string) error { return errors.ErrUnsupported }
	for _, name := range calls {
		switch name {
		case "exchange":
			s.exchange = lacking
		case "link":
			s.link = lacking
		case "renameNew":
			s.renameNew = lacking
		default:
			panic("unknown call " + name)
		}
	}
}

// FollowLinks makes link(2) follow symbolic links, as macOS does.
func (s *Store) FollowLinks() {
	s.link = func(from, to string) error {
		real, err := filepath.EvalSymlinks(from)
		return errors.Join(err, os.Link(real, to))
	}
}

type (
	Evidence = evidence
	Serving  = storeMatch
)

const (
	UnknownStore = unknownStore
	ThisStore    = thisStore
	AnotherStore = anotherStore
)

// ServedBy returns which store a process uses.
func ServedBy(p Process) Serving { return p.store }

// WithStore returns p as a process that uses a store.
func WithStore(p Process, s Serving) Process {
	p.store = s
	return p
}

var (
	Classify      = classify
	Ours          = ours
	StaleProof    = staleProof
	ValidHostname = validHostname
	Timestamp     = timestamp
	Probe         = probe
	TokenOf       = tokenOf
	Superseded    = superseded
	SpelledIn     = spelledIn
	ReasonOf      = reasonOf
)

// BlockState makes the state directory hang, like a dead mount, until the returned function is called.
func (s *Store) BlockState() (release func()) {
	s.stateSlot <- struct{}{}
	return func() { <-s.stateSlot }
}

const (
	KeptBackups  = keptBackups
	KeptCopies   = keptCopies
	MaxCopies    = maxCopies
	MaxCopyBytes = maxCopyBytes
	MaxCopyField = maxCopyField
)

// ReadAfterStat reads a lock that another file may have replaced since info, and returns when it last changed.
func ReadAfterStat(path string, info fs.FileInfo) time.Time {
	return readRegular(path, info, MaxSize).changed
}

// BlockPath makes the check of processes that name this path as their store hang, like a dead mount, until the returned function is called.
func (s *Store) BlockPath(path string) (release func()) {
	hang, leads := make(chan struct{}), s.leads
	s.leads = func(pid int, p, store string) (same, another bool) {
		if p == path {
			<-hang
		}
		return leads(pid, p, store)
	}
	return func() { close(hang) }
}

// WhyMalformed returns the reason and the field of an error of Parse.
func WhyMalformed(err error) (reason Reason, field string) {
	var bad *formatError
	if !errors.As(err, &bad) {
		return "", ""
	}
	return bad.reason, bad.field
}
