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

// ProcessStatus reports whether a PID names a process. The zero value means that this is unknown.
type ProcessStatus uint8

const (
	NotProbed ProcessStatus = ProcessStatus(machine.Unknown)
	Running   ProcessStatus = ProcessStatus(machine.Running) // there is such a process, perhaps another user's
	Zombie    ProcessStatus = ProcessStatus(machine.Zombie)  // it has ended and waits for its parent
	Gone      ProcessStatus = ProcessStatus(machine.Gone)    // there is no such process
)

// ProcessKind classifies a program by its arguments and their places (see parseArguments). A mere mention of the daemon does not count.
type ProcessKind uint8

const (
	UnknownKind  ProcessKind = iota // the process does not run, or is another user's or an elevated one, whose arguments cannot be read
	OtherProgram                    // none of the following
	Daemon                          // the iai-mcp daemon
	LockbarRun                      // lockbar run, which holds the lock while a command runs, or another program with the same first arguments
)

// storeMatch reports which store a Daemon or a LockbarRun uses, relative to the store of the look.
type storeMatch uint8

const (
	unknownStore storeMatch = iota // unknown; also for any other program, and without a store to compare with
	thisStore                      // the store of the look
	anotherStore                   // certainly another one
)

// Process holds what is known about one PID on this machine.
type Process struct {
	PID     int
	Status  ProcessStatus
	Kind    ProcessKind
	store   storeMatch // of a daemon or a lockbar run
	Started time.Time  // zero if unknown
	// StartID distinguishes the processes of this boot that have had the same PID; zero if unknown. It never moves when the clock is set, as
	// Started does on Linux.
	StartID uint64
	Command string // arguments joined by blanks: foreign text; empty if unknown
}

// probe looks up one PID of this machine. It does not determine the store of the process.
func probe(pid int) Process {
	p, _ := probeArguments(pid)
	return p
}

// probeArguments does what probe does, and also returns the parsed arguments of the process.
func probeArguments(pid int) (Process, arguments) {
	found := machine.Probe(pid)
	p := Process{PID: pid, Status: ProcessStatus(found.Presence), Started: found.Started, StartID: found.StartID}
	args := parseArguments(found.Args)
	if p.Status == Running {
		p.Kind, p.Command = args.kind, commandLine(found.Args)
	}
	return p, args
}

// Alive reports whether the process runs. A zombie does not.
func (p Process) Alive() bool { return p.Status == Running }

// Same reports whether both are the same process, not only the same PID. If the start is unknown, the PID decides.
func (p Process) Same(o Process) bool {
	return p.PID == o.PID && (p.StartID == 0 || o.StartID == 0 || p.StartID == o.StartID)
}

// takesLocks reports whether the process is of a kind that takes a store.
func (p Process) takesLocks() bool { return p.Kind == Daemon || p.Kind == LockbarRun }

// usesThisStore reports whether the process runs and is a daemon, or a lockbar run, of the store of the look.
func (p Process) usesThisStore() bool { return p.Alive() && p.takesLocks() && p.store == thisStore }

// processPathTimeout bounds the check of a path that another process uses, since that path may be on a mount that does not answer. It is
// not shorter because a busy machine is slow too.
const processPathTimeout = ReadTimeout / 2

// storeOf calls findStore, and waits for processPathTimeout at most. If that is not enough, it returns unknownStore, and so do further
// calls for the same PID, at once, until findStore has returned.
func (s *Store) storeOf(p Process, args arguments) storeMatch {
	found, _ := fsx.InTimeOf(context.Background(), fmt.Sprint("process ", p.PID), processPathTimeout, func() storeMatch { return s.findStore(p, args) })
	return found
}

// findStore determines which store a process uses, relative to this one.
//
// The arguments name the store. If they do not, the environment of a daemon does, unless a title has overwritten it. The result is
// anotherStore only if the path leads, for the process, to an existing directory that is not ours, if the title that names the path was
// certainly not cut, and if the process has no file open in our store. Otherwise it is thisStore or unknownStore.
func (s *Store) findStore(p Process, args arguments) storeMatch {
	path, ok := storePath(p.PID, args)
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
func storePath(pid int, args arguments) (path string, ok bool) {
	switch {
	case args.store != "":
		return args.store, !args.titled || args.whole || isTitleWhole(pid, args)
	case args.kind != Daemon || args.titled:
		return "", false
	}
	env, whole := machine.Environment(pid)
	if !whole {
		return "", false
	}
	path = storeOfEnvironment(env)
	return path, path != ""
}

// isTitleWhole reports whether a title was certainly not cut. Windows stores the command line separately, and cuts no title. On
// Linux setproctitle may use the contiguous room of the arguments and the environment, whose size only the process knows: SPT_NOENV or
// a changed variable ends the room early. So the NULs after the title decide: see paddedTitle. On macOS setproctitle keeps the number of
// arguments, at least three (python -m MODULE), so a title without further arguments was passed to exec, which cuts nothing.
func isTitleWhole(pid int, args arguments) bool {
	switch runtime.GOOS {
	case "linux":
		nuls, whole, ok := machine.BehindTitle(pid, args.title, paddedTitle)
		return ok && (whole || nuls >= paddedTitle)
	case "windows":
		return true
	}
	return args.alone
}

// eachDaemon calls visit for every process but this one that is, by its arguments, a daemon or a lockbar run.
func eachDaemon(visit func(Process, arguments)) {
	for _, pid := range machine.Candidates([]string{DaemonTitle[:shortestTitle], DaemonModule}, mayBeDaemon) {
		if pid == os.Getpid() {
			continue
		}
		if p, args := probeArguments(pid); p.Alive() && p.takesLocks() {
			visit(p, args)
		}
	}
}

// mayBeDaemon reports whether a program may be a daemon or a lockbar run by its file name: Python, lockbar, or this program. It is used on
// systems where reading the arguments of every process is expensive.
func mayBeDaemon(name string) bool {
	return isPython(name) || strings.HasPrefix(strings.ToLower(name), "lockbar") ||
		name != "" && strings.HasPrefix(filepath.Base(os.Args[0]), name)
}

// databaseLocks lists the files on which daemons hold flock(2) while they use the database of a store: daemons of 2.8 and later
// whenever it is open, older ones only for heavy work. Lockbar never opens these files.
var databaseLocks = []string{"hippo/.lock", ".lock"}

// openers returns the processes that have the database of a store open. An empty list proves nothing.
func openers(store string) []int {
	var paths []string
	for _, name := range databaseLocks {
		paths = append(paths, filepath.Join(store, name))
	}
	return machine.FlockOwners(paths...)
}

// Daemons lists the daemons of the store that a look found here: first the one that holds it, then one that is known to have held
// it, then one that is starting. It leaves out a daemon of another store with the holder's PID.
func Daemons(s Snapshot) (list []Process) {
	for _, p := range []Process{s.Holder, s.LocalDaemon, s.Starting} {
		known := slices.ContainsFunc(list, func(o Process) bool { return o.Same(p) }) // with OtherDaemonAlive, LocalDaemon may be the holder
		if p.Kind == Daemon && p.Alive() && p.store != anotherStore && !known {
			list = append(list, p)
		}
	}
	return list
}
