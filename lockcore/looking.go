package lockcore

import (
	"bytes"
	"errors"
	"os"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// lookOnce gathers the evidence of one look. What decides the usual states comes first; the process table and the database are
// looked at only if the lock does not plainly name a live process here.
func (s *Store) lookOnce(m Memory, first func(State, Token)) Snapshot {
	l := s.looking(m, time.Now())
	for _, step := range []func(){l.readHost, l.readFile, l.listen, l.findHolder, func() { l.tell(first) }, l.readDirectory, l.findClaims} {
		if step(); l.evidence.Unreadable != "" {
			break
		}
	}
	l.conclude()
	return l.snap
}

func (s *Store) looking(m Memory, now time.Time) *looking {
	return &looking{store: s, memory: m, now: now, bootTime: machine.BootTime, probeHere: probeClaim, snap: Snapshot{Store: s.dir, Lock: s.LockPath()}}
}

// tell tells first the state that the lock and its holder make. Later steps can only raise the alarm, except that another host's lock
// may be that of a container here. Only a complete look proves that a holder is gone, or that there is no lock.
func (l *looking) tell(first func(State, Token)) {
	if first == nil || l.evidence.Record.IsZero() {
		return
	}
	early := *l
	early.conclude()
	switch early.snap.State {
	case HeldHere, HeldElsewhere, Contested:
		first(early.snap.State, early.snap.Token)
	}
}

// findClaims looks for who else claims the store.
func (l *looking) findClaims() {
	l.weighCopies(l.readCopies())
	if !l.plainlyHeld() {
		l.findOthers()
	}
	l.snap.holdsInside = l.evidence.InnerHolder
	l.countPeers()
}

// looking is a look under way.
type looking struct {
	store     *Store
	memory    Memory
	now       time.Time
	bootTime  func() time.Time
	probeHere func(pid int) (Process, claim)
	evidence  evidence
	snap      Snapshot
	peers     []Peer // the other machines whose words count
	copies    fileList
	rival     Record  // of a conflict copy that names another holder than the lock
	inner     Process // has the PID of the lock in its own namespace
	opener    Process // a daemon of this store that has the database open
}

func (l *looking) unreadable(why Reason, err error) {
	l.evidence.Unreadable = why
	l.snap.Problem = problemOf(err)
}

// readHost: without a name of our own every lock would look like another host's.
func (l *looking) readHost() {
	var err error
	if l.snap.Host, err = l.store.host(); err != nil {
		l.unreadable(IOError, err)
	}
}

func (l *looking) readFile() { l.take(l.store.read(l.snap.Lock)) }

// take takes in the lock file.
func (l *looking) take(f file) {
	l.evidence.Absent, l.snap.LinkTarget = f.absent, f.target
	if f.reason != "" {
		l.unreadable(f.reason, f.err)
		return
	}
	if f.absent {
		return
	}
	l.snap.Token, l.snap.LockChanged = f.token(), f.changed
	if len(f.data) <= maxKeptLock && f.link == "" {
		l.snap.text = string(f.data)
	}
	record, err := Parse(f.data)
	var bad *formatError
	if errors.As(err, &bad) {
		l.evidence.Malformed, l.snap.Problem = bad.reason, problemOf(bad)
		return
	}
	l.evidence.Record, l.evidence.Changed, l.snap.Record = record, f.changed, record
}

// listen reads what the other machines say: it tells whose the lock is where two have one name.
func (l *looking) listen() { l.hear(readPeers(l.store.dir)) }

// readDirectory sees what lies beside the lock: placeholders and conflict copies. It also tells an absent lock from an
// absent store.
func (l *looking) readDirectory() {
	var err error
	l.copies = fileList{most: maxCopies, largest: MaxSize}
	if l.snap.DirChanged, err = fsx.EachName(l.store.dir, l.neighbour); err != nil {
		l.directoryFailed(err)
	}
}

// directoryFailed: a lock that was read stands by itself; an absent one is not believed in a store that cannot be listed.
func (l *looking) directoryFailed(err error) {
	if l.evidence.Absent {
		l.evidence.Absent = false
		l.unreadable(reasonOf(err), err)
	}
}

// neighbour makes no string of a name that says nothing: a store may have 100,000 of them.
func (l *looking) neighbour(listed []byte) {
	if !bytes.Contains(listed, []byte(LockName)) {
		return
	}
	name := string(listed)
	if name == placeholderName && l.evidence.Absent {
		l.evidence.Absent = false
		l.unreadable(NotDownloaded, errors.New("iCloud Drive has put a placeholder in its place"))
	}
	if mayBeCopy(name) {
		l.copies.add(l.store.dir, name)
	}
}

// findHolder looks at the process that the lock names, and if that does not plainly hold the store, at the one that is remembered.
func (l *looking) findHolder() {
	e, r := &l.evidence, l.evidence.Record
	e.Boot = l.bootTime()
	e.ClockStepped = l.memory.clockStepped(e.Boot)
	if !r.IsZero() {
		l.weighClaim(e, l.snap.Token)
		_, e.Took = taken.Load(l.snap.Token)
		named := SameHost(r.Hostname, l.snap.Host)
		l.snap.Namesake, l.snap.nameTaken, l.snap.takenElsewhere = named && !e.OurHost, e.NameTaken, e.TakenElsewhere
		l.snap.Alias = !named && containsHost(l.store.options.Aliases, r.Hostname)
	}
	l.findSeen()
	if !l.plainlyHeld() {
		l.findRemembered()
	}
}

// weighClaim finds out whether the record of a lock or a copy is a claim of this machine, and looks at the process that it names.
func (l *looking) weighClaim(e *evidence, t Token) {
	r := e.Record
	named := SameHost(r.Hostname, l.snap.Host)
	e.Holder, e.Self = l.probe(r.PID, named), r.PID == os.Getpid()
	e.NameTaken, e.TakenElsewhere = l.isNameTaken(r), l.isTakenElsewhere(r)
	saw, another := l.memory.sawHolder(*e, t)
	e.SawHolder, e.TookAnew = saw, another && e.NameTaken
	e.OurHost = named && ours(*e)
}

// probe looks at a process and the store that it serves. named: a lock of this store and host names it, so that the same path
// is enough; else one in another container could have the same path and be another store.
func (l *looking) probe(pid int, named bool) Process {
	p, c := l.probeHere(pid)
	switch {
	case !p.Alive() || !p.takesLocks():
	case named && c.store == l.store.dir:
		p.store = thisStore
	default:
		p.store = l.store.servingOf(p, c)
	}
	return p
}

// plainlyHeld reports whether the lock is of this host, and its holder may be alive: no more evidence could change that.
func (l *looking) plainlyHeld() bool { return l.evidence.OurHost && staleProof(l.evidence) == "" }

// conclude classifies, and names the processes that the state rests on.
func (l *looking) conclude() {
	e, snap := &l.evidence, &l.snap
	snap.State, snap.Reason = classify(*e)
	lockState, lockReason := classifyLock(*e)
	switch {
	case snap.State == Unknown:
		snap.Token, snap.LocalDaemon, snap.HolderAlive = "", Process{}, false // nothing of an unreadable store is known
	case lockReason == StoreOpen && e.InnerHolder:
		snap.Holder, snap.innerHolder = l.inner, true
	case lockReason == StoreOpen:
		snap.Holder, snap.unnamed = l.opener, true
	case e.OurHost || lockReason == RenamedHost:
		snap.Holder = e.Holder
	}
	switch {
	case snap.State == HeldHere:
		snap.LocalDaemon = Process{}
	case snap.Reason == OtherDaemonAlive && lockState == HeldHere:
		snap.LocalDaemon = snap.Holder
	}
	if snap.Starting.Same(snap.Holder) || snap.Starting.Same(snap.LocalDaemon) {
		snap.Starting = Process{}
	}
}
