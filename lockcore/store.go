package lockcore

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// Options say what a Store cannot find out by itself. The zero value reads, and changes nothing that needs a backup.
type Options struct {
	// Hostname overrides gethostname(2).
	Hostname string
	// Aliases are names that this machine had; a match with them alone proves nothing.
	Aliases []string
	// Machine is our id in the store's PeersName; empty stands for that of the system.
	Machine string
	// StateDir is where backups go, as StateDir/backups; it must not lie in the store. Empty: a free store can be acquired
	// and released, and nothing can be removed or replaced.
	StateDir string
}

// Validate reports what in the options cannot be.
func (o Options) Validate() error {
	if o.Hostname != "" && !validHostname(o.Hostname) {
		return fmt.Errorf("lockcore: %q is no host name", o.Hostname)
	}
	return nil
}

// Store is one store directory, which need not exist. Its methods may be called by several goroutines.
type Store struct {
	dir           string
	options       Options
	readSlot      chan struct{} // holds one slot: the read that is under way, or stuck
	stateSlot     chan struct{} // and one for the state directory
	stateStuck    atomic.Bool   // which has not answered the last time
	lifecycleSlot chan struct{} // and one for what the daemon says of itself: it decides nothing, and may hang alone
	identityOnce  sync.Once
	identity      string
	lastResolved  atomic.Pointer[resolvedPath]
	machine       atomic.Pointer[string] // set by SetMachineID
	system
}

// system is what a Store asks of the system, and does there, where tests have to stand in: a dead mount, a file system that cannot do
// all, a process that is killed.
type system struct {
	read      func(path string) file
	daemons   func(visit func(Process, arguments))                   // eachDaemon
	leads     func(pid int, path, store string) (same, another bool) // machine.LeadsTo
	link      func(from, to string) error                            // a second name; fs.ErrExist where to is there
	exchange  func(a, b string) error                                // both at once
	renameNew func(from, to string) error                            // fs.ErrExist where to is there
	step      func(name string)                                      // called between the steps of a change
}

func realSystem() system {
	return system{read: readLock, daemons: eachDaemon, leads: machine.LeadsTo, link: os.Link, exchange: fsx.Exchange, renameNew: fsx.RenameNew,
		step: func(string) {}}
}

// Open names a store; it touches no file. dir is made absolute. The error is of a host name that cannot be one, or of a
// working directory that is gone.
func Open(dir string, o Options) (*Store, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("lockcore: store %s: %w", dir, err)
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	return &Store{
		dir: abs, options: o, readSlot: make(chan struct{}, 1), stateSlot: make(chan struct{}, 1), lifecycleSlot: make(chan struct{}, 1),
		system: realSystem(),
	}, nil
}

// At names the same store by another path that leads to it. The errors are those of Open.
func (s *Store) At(dir string) (*Store, error) { return Open(dir, s.options) }

// Dir is the store directory as an absolute path, with no symbolic link resolved.
func (s *Store) Dir() string { return s.dir }

// LockPath is the lock file in the store.
func (s *Store) LockPath() string { return s.path(LockName) }

func (s *Store) path(name string) string { return filepath.Join(s.dir, name) }

// host is our name now. It is asked for at each look: macOS changes it with the network.
func (s *Store) host() (string, error) {
	if s.options.Hostname != "" {
		return s.options.Hostname, nil
	}
	return os.Hostname() // gethostname(2), as a daemon does
}

// MachineID is our id among the machines that share the store.
func (s *Store) MachineID() string {
	if id := s.machine.Load(); id != nil {
		return *id
	}
	return cmp.Or(s.options.Machine, machine.ID())
}

// SetMachineID gives this machine another id in the store, where another machine has the one that it had.
func (s *Store) SetMachineID(id string) { s.machine.Store(&id) }

// SameHost compares names as DNS does: without regard to case and to a final dot.
func SameHost(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// validHostname reports whether a name that a person gave can be one: not empty, UTF-8, no control characters.
func validHostname(name string) bool {
	return name != "" && utf8.ValidString(name) && strings.IndexFunc(name, unicode.IsControl) < 0
}

func containsHost(names []string, name string) bool {
	for _, n := range names {
		if SameHost(n, name) {
			return true
		}
	}
	return false
}
