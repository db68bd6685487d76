package lockcore

import (
	"os"
	"slices"
	"strconv"
	"time"

	"lockbar/internal/machine"
)

// findOthers looks for processes that may hold the store although the lock does not name them: the one that .daemon-state.json
// names, daemons in the process table, and processes that have the database open.
func (l *inspection) findOthers() {
	statePID, known := l.statePID()
	l.findStateDaemon(statePID)
	owners := openers(l.store.dir)
	l.store.daemons(func(p Process, args arguments) {
		opens := slices.Contains(owners, p.PID)
		if p.store = l.store.storeOf(p, args); opens {
			p.store = thisStore
		}
		if p.usesThisStore() {
			l.weighDaemon(p, opens, statePID)
		}
	})
	for _, pid := range owners {
		l.weighOwner(pid)
	}
	l.snap.stateNamesDaemon, l.snap.stateNamesNone = l.evidence.StateDaemon, known && !l.evidence.StateDaemon
	l.evidence.InnerHolder = l.inner.PID != 0 && !l.memoryExcludesInner()
}

// findRemembered checks whether the remembered holder still runs.
func (l *inspection) findRemembered() {
	e, m := &l.evidence, l.memory
	if !m.GoneSince.IsZero() {
		e.GoneFor = l.now.Sub(m.GoneSince)
	}
	p := l.probe(m.Holder.PID, true)
	if !p.Alive() || !p.Same(m.Holder) {
		return
	}
	if e.Absent && p.Kind == OtherProgram && e.GoneFor >= MissingAfter {
		return // such a program may release the lock and keep running
	}
	e.Remembered, l.snap.LocalDaemon = true, p
	samePID := p.PID == e.Record.PID && m.StartedAt != ""
	e.SameClaim = samePID && m.StartedAt == e.Record.StartedAt
	e.OtherClaim = samePID && !e.SameClaim
}

// findStateDaemon checks the process that .daemon-state.json names. That file is synced too, so its PID may be another machine's.
func (l *inspection) findStateDaemon(pid int) {
	if p := l.probe(pid, false); p.usesThisStore() {
		l.noteDaemon(p, &l.evidence.StateDaemon)
	}
}

// noteDaemon notes that a daemon that held the lock runs here, and sets known, the field of the evidence that says so.
func (l *inspection) noteDaemon(p Process, known *bool) {
	*known = true
	if l.snap.LocalDaemon.PID == 0 {
		l.snap.LocalDaemon = p
	}
}

// weighDaemon notes a daemon of this store, or a lockbar run, from the process table. A process that is older than another machine's
// lock held the store. A lockbar run that is older than a lock that does not name it has lost its own lock; one that is newer may
// still be refused. The first daemon that is neither LocalDaemon nor the opener counts as starting.
func (l *inspection) weighDaemon(p Process, opens bool, statePID int) {
	e := &l.evidence
	e.DaemonRuns = true
	if opens && e.OurHost {
		l.opener, e.StoreOpener = p, true
	}
	inner := machine.InnerPID(p.PID)
	if inner != 0 && inner == e.Record.PID {
		l.inner = p
		return
	}
	if inner != 0 && inner == statePID {
		l.noteDaemon(p, &e.StateDaemon)
	}
	foreign := !e.OurHost && !e.Record.IsZero()
	if (foreign || p.Kind == LockbarRun) && l.startedBeforeLock(p) {
		l.noteDaemon(p, &e.EarlierDaemon)
	}
	if p.Kind == Daemon && l.snap.Starting.PID == 0 && !p.Same(l.snap.LocalDaemon) && !p.Same(l.opener) {
		l.snap.Starting = p // conclude drops it if it proves to be a holder
	}
}

// startGranularity bounds how much earlier Process.Started is than the true start: Linux counts whole ticks since the boot, and package
// machine truncates the sum to a tick again.
const startGranularity = 20 * time.Millisecond

// startedBeforeLock reports whether a process started before a lock that does not name it appeared here.
func (l *inspection) startedBeforeLock(p Process) bool {
	return l.snap.HasLock() && !l.evidence.ClockStepped && !p.Started.IsZero() &&
		p.Started.Add(startGranularity).Before(l.snap.LockChanged)
}

// weighOwner considers a process that has the database open. If its PID in its own namespace is the lock's, it may be the holder, even if
// its arguments cannot be read. Any other program proves nothing and is only reported.
func (l *inspection) weighOwner(pid int) {
	p := l.probe(pid, false)
	switch {
	case !p.Alive() || pid == os.Getpid():
	case l.evidence.Record.PID != 0 && machine.InnerPID(pid) == l.evidence.Record.PID:
		l.inner = p
	case p.Kind == OtherProgram:
		l.snap.OpenedBy = p
	}
}

// memoryExcludesInner reports whether the memory shows that l.inner is not the holder: another process held the lock and still runs, or
// l.inner held a lock with another started_at. Then this lock belongs to another machine, whose daemon has that PID in its container.
func (l *inspection) memoryExcludesInner() bool {
	if !l.evidence.Remembered {
		return false
	}
	m := l.memory
	return !l.inner.Same(m.Holder) || m.StartedAt != "" && m.StartedAt != l.evidence.Record.StartedAt
}

// statePID returns daemon_pid of .daemon-state.json, or 0, which names no process, and whether that file was read.
func (l *inspection) statePID() (pid int, known bool) {
	state, err := parseObject(readPlain(l.store.path(stateName), maxStateSize).data)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(string(state["daemon_pid"]), 10, 32)
	if err != nil || n < 0 {
		return 0, true
	}
	return int(n), true
}
