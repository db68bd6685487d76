package lockcore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// ProcessStatus says whether a PID names a process. The zero value means that nobody looked or nothing was learnt.
type ProcessStatus uint8

const (
	NotProbed ProcessStatus = ProcessStatus(machine.Unknown)
	Running   ProcessStatus = ProcessStatus(machine.Running) // there is such a process, perhaps another user's
	Zombie    ProcessStatus = ProcessStatus(machine.Zombie)  // it has ended and waits for its parent
	Gone      ProcessStatus = ProcessStatus(machine.Gone)    // there is no such process
)

// ProcessKind says what a process is. It is decided by the argument vector as a whole (see claimOf), never by a word in it.
type ProcessKind uint8

const (
	UnknownKind  ProcessKind = iota // the arguments cannot be read: another user's process, or an elevated one
	OtherProgram                    // neither of those below
	Daemon                          // the iai-mcp daemon
	LockbarRun                      // lockbar run, which holds the lock while a command runs
)

// storeMatch says which store a Daemon or a LockbarRun works on, relative to the store that was looked at.
type storeMatch uint8

const (
	unknownStore storeMatch = iota // not known; also the answer for any other process, and where no store was looked at
	thisStore                      // the store that was looked at
	anotherStore                   // certainly another one
)

// Process is what is known of one PID on this machine.
type Process struct {
	PID     int
	Status  ProcessStatus
	Kind    ProcessKind
	store   storeMatch // which one a daemon or a lockbar run works on
	Started time.Time  // by the wall clock of now; zero when not known
	// StartID is equal only for the same process (of this boot); zero when not known. Unlike Started it does not move
	// when the clock is set.
	StartID uint64
	Command string // arguments joined by blanks: a stranger's text; empty when not known
}

// probe looks at one PID of this machine. It does not say which store the process serves.
func probe(pid int) Process {
	p, _ := probeArguments(pid)
	return p
}

// probeArguments is probe, and what the arguments of the process say of it.
func probeArguments(pid int) (Process, arguments) {
	found := machine.Probe(pid)
	p := Process{PID: pid, Status: ProcessStatus(found.Presence), Started: found.Started, StartID: found.StartID}
	c := parseArguments(found.Args)
	if p.Status == Running {
		p.Kind, p.Command = c.kind, commandLine(found.Args)
	}
	return p, c
}

// Alive reports whether the process runs; a zombie does not.
func (p Process) Alive() bool { return p.Status == Running }

// Same reports whether both are the same process, not only the same PID. Where the start is not known the PID decides.
func (p Process) Same(o Process) bool {
	return p.PID == o.PID && (p.StartID == 0 || o.StartID == 0 || p.StartID == o.StartID)
}

// takesLocks reports whether the process is of a kind that takes a store by its nature.
func (p Process) takesLocks() bool { return p.Kind == Daemon || p.Kind == LockbarRun }

// usesThisStore reports whether the process runs and is a daemon, or a lockbar run, of the store that was looked at.
func (p Process) usesThisStore() bool { return p.Alive() && p.takesLocks() && p.store == thisStore }

// processPathTimeout is how long a look waits for what a stranger's path leads to: it may lie on a mount that does not answer. It is no
// shorter, since a busy machine is slow, too.
const processPathTimeout = ReadTimeout / 2

// storeOf is findServing within strangerTime; unknownStore if it takes longer, and as long as the kernel does not answer.
func (s *Store) storeOf(p Process, c arguments) storeMatch {
	found, _ := fsx.InTimeOf(context.Background(), fmt.Sprint("process ", p.PID), processPathTimeout, func() storeMatch { return s.findStore(p, c) })
	return found
}

// findStore finds which store a process works on, relative to this one.
//
// Its store is the one that its arguments name, else the one of its environment. It is another one only if the path leads, for
// the process, to an existing directory with another identity, the title that names it was not cut, and the process has no
// file open in our store. Everything less is unknownStore.
func (s *Store) findStore(p Process, c arguments) storeMatch {
	path, ok := storePath(p.PID, c)
	if !ok {
		return unknownStore
	}
	switch same, another := s.leads(p.PID, path, s.dir); {
	case same:
		return thisStore
	case another:
		if open, known := machine.HasFileIn(p.PID, s.dir); known && !open {
			return anotherStore
		}
	}
	return unknownStore
}

// storePath returns the path by which a process names its store.
func storePath(pid int, c arguments) (path string, ok bool) {
	switch {
	case c.store != "":
		return c.store, !c.titled || c.whole || isTitleWhole(pid, c)
	case c.kind != Daemon || c.titled:
		return "", false
	}
	env, whole := machine.Environment(pid)
	if !whole {
		return "", false
	}
	path = storeOfEnvironment(env)
	return path, path != ""
}

// visitDaemon looks at one process for eachDaemon. The one that looks is left out.
func visitDaemon(pid int, visit func(Process, arguments)) {
	if pid == os.Getpid() {
		return
	}
	if p, c := probeArguments(pid); p.Alive() && p.takesLocks() {
		visit(p, c)
	}
}

// isTitleWhole reports whether a title was certainly not cut. Windows keeps the command line apart, where no title is cut. On Linux
// setproctitle has as much room as arguments and environment lie in one piece, which only the process knows (SPT_NOENV or a
// changed variable ends it early). So the NULs behind the title tell: see paddedTitle. On macOS setproctitle leaves the number
// of arguments as it was, three at least (python -m MODULE), so a title that stands alone was given to exec, which cuts nothing.
func isTitleWhole(pid int, c arguments) bool {
	switch runtime.GOOS {
	case "linux":
		nuls, whole, ok := machine.BehindTitle(pid, c.title, paddedTitle)
		return ok && (whole || nuls >= paddedTitle)
	case "windows":
		return true
	}
	return c.alone
}

// eachDaemon calls visit with every process that is a daemon or a lockbar run by its arguments.
func eachDaemon(visit func(Process, arguments)) {
	for _, pid := range machine.Candidates([]string{DaemonTitle[:shortestTitle], DaemonModule}, mayBeDaemon) {
		visitDaemon(pid, visit)
	}
}

// mayBeDaemon tells by the file name of a program, on systems where reading the arguments of every process is dear, which ones
// are worth it: Python, lockbar, and this very program.
func mayBeDaemon(name string) bool {
	return isPython(name) || strings.HasPrefix(strings.ToLower(name), "lockbar") ||
		name != "" && strings.HasPrefix(filepath.Base(os.Args[0]), name)
}

// databaseLocks are the files that daemons hold flock(2) on while they use the database of a store: those of 2.8 and later
// whenever it is open, older ones for heavy work. They are never opened here.
var databaseLocks = []string{"hippo/.lock", ".lock"}

// openers returns the processes that have the database of a store open. None proves nothing.
func openers(store string) []int {
	var paths []string
	for _, name := range databaseLocks {
		paths = append(paths, filepath.Join(store, name))
	}
	return machine.FlockOwners(paths...)
}

// Daemons lists the daemons of the store that a look found here: first who holds it, then who is known to have held it, then who is
// starting. A daemon of another store under the holder's PID is not among them.
func Daemons(s Snapshot) (list []Process) {
	for _, p := range []Process{s.Holder, s.LocalDaemon, s.Starting} {
		known := slices.ContainsFunc(list, func(o Process) bool { return o.Same(p) }) // with OtherDaemonAlive the holder is both
		if p.Kind == Daemon && p.Alive() && p.store != anotherStore && !known {
			list = append(list, p)
		}
	}
	return list
}
