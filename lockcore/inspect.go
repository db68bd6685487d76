package lockcore

import (
	"bytes"
	"context"
	"errors"
	"os"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

const (
	// ReadTimeout is how long a look may take: a read on a dead mount never returns.
	ReadTimeout = 2 * time.Second
	// SettleTime is how long an absence must last to be believed: sync engines swap files in two steps.
	SettleTime = 100 * time.Millisecond
)

// settleTries bounds how often Inspect looks at a lock that keeps changing.
const settleTries = int(ReadTimeout / SettleTime)

// Inspect looks at the store. It always returns a Snapshot; what could not be read is Unknown with its reason.
//
// Sync engines swap files in two steps, and some daemons create the lock before they fill it. So Inspect believes that there is
// no lock, or one that is no record, only if that has been so for SettleTime; else it looks again, after SettleTime, until two
// looks agree. Each look returns within ReadTimeout, or when ctx ends; while an earlier read of this Store is stuck no other
// one is started.
func (s *Store) Inspect(ctx context.Context, m Memory) Snapshot {
	began := time.Now()
	snap := s.inspect(ctx, m)
	for range settleTries {
		if !snap.Unsettled(began) {
			return snap
		}
		select {
		case <-time.After(SettleTime):
		case <-ctx.Done():
			return s.timedOut(ctx.Err()) // nobody confirmed what the first look saw
		}
		before := snap
		began = time.Now()
		if snap = s.inspect(ctx, m); snap.State != Unknown && snap.SameLock(before) {
			return snap
		}
	}
	return s.gaveUp("it keeps changing")
}

// SameLock reports whether two looks met the same lock, and nobody wrote it between them: a lock that is empty may be another
// one that is empty too.
func (s Snapshot) SameLock(o Snapshot) bool {
	return s.Token == o.Token && s.LockChanged.Equal(o.LockChanged)
}

// Unsettled reports whether a look may have met one step of several: no lock, or a lock that is no record, and a change less
// than SettleTime before the look began, or after that. How long the look itself took proves nothing.
func (s Snapshot) Unsettled(began time.Time) bool {
	switch {
	case s.State == Unknown:
		return false
	case !s.HasLock():
		return recent(s.Changed, began)
	}
	return s.State == Corrupt && recent(s.LockChanged, began)
}

func recent(change, now time.Time) bool {
	return now.Sub(change) < SettleTime+granularity(change)
}

// inspect looks once.
func (s *Store) inspect(ctx context.Context, m Memory) Snapshot {
	ctx, cancel := context.WithTimeout(ctx, ReadTimeout)
	defer cancel()
	select {
	case s.reading <- struct{}{}:
	case <-ctx.Done():
		return s.timedOut(ctx.Err())
	}
	done := make(chan Snapshot, 1)
	go func() {
		snap := s.look(m, nil)
		<-s.reading
		done <- snap
	}()
	select {
	case snap := <-done:
		return snap
	case <-ctx.Done():
		return s.timedOut(ctx.Err())
	}
}

// granularity is how much earlier than the change itself its time may be: a kernel tick, or where whole seconds are all
// that a file system keeps, up to two of them (FAT).
func granularity(t time.Time) time.Duration {
	if t.Nanosecond() == 0 {
		return 2 * time.Second
	}
	return 10 * time.Millisecond
}

func (s *Store) timedOut(err error) Snapshot {
	if errors.Is(err, context.Canceled) {
		return s.gaveUp("the look was called off")
	}
	return s.gaveUp("reading took longer than " + ReadTimeout.String())
}

func (s *Store) gaveUp(problem string) Snapshot {
	host, _ := s.host()
	return Snapshot{Store: s.dir, Lock: s.LockPath(), State: Unknown, Reason: Timeout, Host: host, Problem: Problem{Err: problem}}
}

// look runs in a goroutine of its own: any of its reads may hang. A lock is called stale only if it is still there in the end:
// a new one may have come while a slow directory was listed.
func (s *Store) look(m Memory, first func(State, Token)) Snapshot {
	snap := s.lookOnce(m, first)
	for range staleAgain {
		if snap.State != Stale || s.read(snap.Lock).token() == snap.Token {
			break
		}
		snap = s.lookOnce(m, nil)
	}
	return snap
}

// staleAgain limits how often a stale result is rechecked. If the lock changes that often, the next look will report it.
const staleAgain = 2

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
	if l.snap.Changed, err = fsx.EachName(l.store.dir, l.neighbour); err != nil {
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

// Look is Inspect without a deadline: it returns when the system answers, which on a dead mount is never. It is for a caller
// that keeps the time itself and calls it in a goroutine of its own: lockcore/watch, which so needs no second goroutine and
// no timer for each look.
//
// As soon as the lock and the process that it names are known, and make it held here, held elsewhere or contested, Look calls first,
// which may be nil, with that state, once, in its own goroutine. It must not block. What else is looked at then may still make the lock
// contested, or show that the lock of another machine is one of ours.
func (s *Store) Look(m Memory, first func(State, Token)) Snapshot {
	s.reading <- struct{}{}
	defer func() { <-s.reading }()
	return s.look(m, first)
}

// Overdue is what to show while a Look has not come back within ReadTimeout. It touches no file.
func (s *Store) Overdue() Snapshot { return s.timedOut(context.DeadlineExceeded) }
