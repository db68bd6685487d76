package lockcore

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// lookOnce gathers the evidence of one look. The steps that decide the usual states come first. The process table and the locks of the
// database are read only if the lock does not plainly name a live process here.
func (s *Store) lookOnce(m Memory, first func(State, Token)) Snapshot {
	l := s.newInspection(m, time.Now())
	for _, step := range []func(){l.readHost, l.readFile, l.readPeers, l.findHolder, func() { l.reportEarly(first) }, l.readDirectory, l.findRivals} {
		if step(); l.evidence.Unreadable != "" {
			break
		}
	}
	l.conclude()
	return l.snap
}

func (s *Store) newInspection(m Memory, now time.Time) *inspection {
	return &inspection{store: s, memory: m, now: now, bootTime: machine.BootTime, probeHere: probeArguments, snap: Snapshot{Store: s.dir, Lock: s.LockPath()}}
}

// reportEarly calls first with the state that follows from the steps so far. Later steps can only make the state more
// urgent, except that another host's lock may prove to be that of a container here. Only a complete look proves that a holder is gone,
// or that there is no lock.
func (l *inspection) reportEarly(first func(State, Token)) {
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

// findRivals looks for other claims to the store.
func (l *inspection) findRivals() {
	l.weighCopies(l.readCopies())
	if !l.plainlyHeld() {
		l.findOthers()
	}
	l.snap.holderInContainer = l.evidence.InnerHolder
	l.countPeers()
}

// An inspection performs one look at a store and holds the evidence that it has gathered so far.
type inspection struct {
	store     *Store
	memory    Memory
	now       time.Time
	bootTime  func() time.Time                   // machine.BootTime
	probeHere func(pid int) (Process, arguments) // probeArguments
	evidence  evidence
	snap      Snapshot
	peers     []Peer   // the other machines whose files count
	copies    fileList // possible conflict copies
	rival     Record   // record of a conflict copy that names another holder than the lock
	inner     Process  // process with the lock's PID in its own namespace
	opener    Process  // daemon of this store that has the database open
}

func (l *inspection) unreadable(why Reason, err error) {
	l.evidence.Unreadable = why
	l.snap.Problem = problemOf(err)
}

// readHost reads our host name, without which every lock would look like another host's.
func (l *inspection) readHost() {
	var err error
	if l.snap.Host, err = l.store.host(); err != nil {
		l.unreadable(IOError, err)
	}
}

func (l *inspection) readFile() { l.useLock(l.store.read(l.snap.Lock)) }

// useLock adds the lock file to the evidence.
func (l *inspection) useLock(f file) {
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

// readPeers reads the machines' files, which show whose lock it is if two machines have the same name.
func (l *inspection) readPeers() { l.weighPeers(readPeerFiles(l.store.dir)) }

// readDirectory finds placeholders and conflict copies beside the lock. It also distinguishes an absent lock from an absent store.
func (l *inspection) readDirectory() {
	var err error
	l.copies = fileList{most: maxCopies, largest: MaxSize}
	if l.snap.DirChanged, err = fsx.EachName(l.store.dir, l.visitName); err != nil {
		l.listingFailed(err)
	}
}

// listingFailed makes the state unknown if no lock was found: the store itself may be missing, or hold a placeholder for the lock. A lock
// that was read still counts.
func (l *inspection) listingFailed(err error) {
	if l.evidence.Absent {
		l.evidence.Absent = false
		l.unreadable(reasonOf(err), err)
	}
}

// visitName considers one name in the store. It makes a string only of a name that matters, since a store may have 100,000 others.
func (l *inspection) visitName(listed []byte) {
	if !bytes.Contains(listed, []byte(LockName)) {
		return
	}
	name := string(listed)
	if name == placeholderName && l.evidence.Absent {
		l.evidence.Absent = false
		l.unreadable(NotDownloaded, errors.New("iCloud Drive has replaced the lock with a placeholder"))
	}
	if mayBeCopy(name) {
		l.copies.add(l.store.dir, name)
	}
}

// findHolder checks the process that the lock names. If that process does not plainly hold the store, it also checks the remembered one.
func (l *inspection) findHolder() {
	e, r := &l.evidence, l.evidence.Record
	e.Boot = l.bootTime()
	e.ClockStepped = l.memory.clockStepped(e.Boot)
	if !r.IsZero() {
		l.weighClaim(e, l.snap.Token)
		_, e.Took = ownLocks.Load(l.snap.Token)
		named := SameHost(r.Hostname, l.snap.Host)
		l.snap.Namesake, l.snap.nameTaken, l.snap.takenElsewhere = named && !e.OurHost, e.NameTaken, e.TakenElsewhere
		l.snap.Alias = !named && slices.ContainsFunc(l.store.options.Aliases, func(alias string) bool { return SameHost(alias, r.Hostname) })
	}
	l.checkHeldLocks()
	if !l.plainlyHeld() {
		l.findRemembered()
	}
}

// weighClaim determines whether the record of a lock or a copy is this machine's, and checks the process that it names.
func (l *inspection) weighClaim(e *evidence, t Token) {
	r := e.Record
	named := SameHost(r.Hostname, l.snap.Host)
	e.Holder, e.Self = l.probe(r.PID, named), r.PID == os.Getpid()
	e.NameTaken, e.TakenElsewhere = l.isNameTaken(r), l.isTakenElsewhere(r)
	saw, another := l.memory.sawHolder(*e, t)
	e.SawHolder, e.OtherClaim = saw, another && e.NameTaken
	e.OurHost = named && ours(*e)
}

// probe checks a process and the store that it uses. If named is true, a lock of this store and host names the process, or named it, and
// so a process that names our path uses our store. Otherwise the process could be in another container, where the same path leads to
// another store.
func (l *inspection) probe(pid int, named bool) Process {
	p, args := l.probeHere(pid)
	switch {
	case !p.Alive() || !p.takesLocks():
	case named && args.store == l.store.dir:
		p.store = thisStore
	default:
		p.store = l.store.storeOf(p, args)
	}
	return p
}

// plainlyHeld reports whether the lock is this host's and its holder is not proven gone. No further evidence about processes is needed.
func (l *inspection) plainlyHeld() bool { return l.evidence.OurHost && staleProof(l.evidence) == "" }

// conclude classifies the evidence, and records the processes that justify the state.
func (l *inspection) conclude() {
	e, snap := &l.evidence, &l.snap
	snap.State, snap.Reason = classify(*e)
	lockState, lockReason := classifyLock(*e)
	switch {
	case snap.State == Unknown:
		snap.Token, snap.LocalDaemon, snap.HolderAlive = "", Process{}, false // nothing is known about an unreadable store
	case lockReason == StoreOpen && e.InnerHolder:
		snap.Holder, snap.innerHolder = l.inner, true
	case lockReason == StoreOpen:
		snap.Holder, snap.holderUnnamed = l.opener, true
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
