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

// Options holds what a Store cannot find out by itself. With the zero value a Store can read, and make changes that need no backup.
type Options struct {
	// Hostname overrides gethostname(2).
	Hostname string
	// Aliases lists former names of this machine. That a lock has one of them proves nothing by itself.
	Aliases []string
	// Machine is our id in the store's PeersName; if empty, the id of the system is used.
	Machine string
	// StateDir/backups holds the backups; StateDir must not be in a store. If StateDir is empty, a free store can be acquired and
	// released, but no other lock can be removed or replaced.
	StateDir string
}

// Validate returns an error if the options are invalid.
func (o Options) Validate() error {
	if o.Hostname != "" && !validHostname(o.Hostname) {
		return fmt.Errorf("lockcore: invalid host name %q", o.Hostname)
	}
	return nil
}

// Store accesses one store directory, which need not exist. Its methods are safe for concurrent use.
type Store struct {
	dir           string
	options       Options
	readSlot      chan struct{} // one slot for a read of the store, which may get stuck
	stateSlot     chan struct{} // one slot for a read of the state directory
	stateStuck    atomic.Bool   // whether the state directory did not answer the last read
	lifecycleSlot chan struct{} // one slot for a read of the daemon's lifecycle file
	identityOnce  sync.Once
	identity      string
	lastResolved  atomic.Pointer[resolvedPath]
	machine       atomic.Pointer[string] // set by SetMachineID
	system
}

// system holds the calls to the system that tests replace to simulate a dead mount, a file system that lacks a call, a small process
// table, or a process that is killed.
type system struct {
	read      func(path string) file
	daemons   func(visit func(Process, arguments))                   // eachDaemon
	leads     func(pid int, path, store string) (same, another bool) // machine.LeadsTo
	link      func(from, to string) error                            // gives a file a second name; fs.ErrExist if to exists
	exchange  func(a, b string) error                                // swaps two names atomically
	renameNew func(from, to string) error                            // renames a file; fs.ErrExist if to exists
	step      func(name string)                                      // called between the steps of a change
}

func realSystem() system {
	return system{read: readLock, daemons: eachDaemon, leads: machine.LeadsTo, link: os.Link, exchange: fsx.Exchange, renameNew: fsx.RenameNew,
		step: func(string) {}}
}

// Open returns the Store at dir, made absolute. It touches no file. It returns an error if the host name in o is invalid, or if dir is
// relative and the working directory is gone.
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

// At returns the same store by another path that leads to it. It returns the errors of Open.
func (s *Store) At(dir string) (*Store, error) {
	at, err := Open(dir, s.options)
	if err == nil {
		at.machine.Store(s.machine.Load())
	}
	return at, err
}

// Dir returns the store directory as an absolute path, with no symbolic link resolved.
func (s *Store) Dir() string { return s.dir }

// LockPath returns the path of the lock file.
func (s *Store) LockPath() string { return s.path(LockName) }

func (s *Store) path(name string) string { return filepath.Join(s.dir, name) }

// host returns this host's current name. Each look reads it again, since macOS changes it with the network.
func (s *Store) host() (string, error) {
	if s.options.Hostname != "" {
		return s.options.Hostname, nil
	}
	return os.Hostname() // gethostname(2), as a daemon does
}

// MachineID returns our id among the machines that share the store.
func (s *Store) MachineID() string {
	if id := s.machine.Load(); id != nil {
		return *id
	}
	return cmp.Or(s.options.Machine, machine.ID())
}

// SetMachineID gives this machine another id in the store, because another machine has the same one.
func (s *Store) SetMachineID(id string) { s.machine.Store(&id) }

// SameHost compares names as DNS does: it ignores case and a final dot.
func SameHost(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// validHostname reports whether a name that a person entered is valid: not empty, UTF-8, no control characters.
func validHostname(name string) bool {
	return name != "" && utf8.ValidString(name) && strings.IndexFunc(name, unicode.IsControl) < 0
}
