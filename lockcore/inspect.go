package lockcore

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"time"
)

const (
	// ReadTimeout is how long a look may take: a read on a dead mount never returns.
	ReadTimeout = 2 * time.Second
	// SettleTime is how long an absence must last to be believed: sync engines swap files in two steps.
	SettleTime = 100 * time.Millisecond
)

// Inspect looks once. It always gives a Snapshot; what could not be read is Unknown with its reason. It returns within
// ReadTimeout, or earlier when ctx ends; while an earlier read of this Store is stuck it starts no other.
func (s *Store) Inspect(ctx context.Context, m Memory) Snapshot { return s.inspect(ctx, m, false) }

// inspect can leave the conflict copies out of account: whoever takes the lock anew ends what they contest.
func (s *Store) inspect(ctx context.Context, m Memory, ignoreCopies bool) Snapshot {
	ctx, cancel := context.WithTimeout(ctx, ReadTimeout)
	defer cancel()
	select {
	case s.reading <- struct{}{}:
	case <-ctx.Done():
		return s.timedOut(ctx.Err())
	}
	done := make(chan Snapshot, 1)
	go func() {
		snap := s.look(m, ignoreCopies)
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

// InspectSettled looks, and where there is no lock in a store that changed less than SettleTime ago it waits and looks
// again: a sync engine may be in the middle of swapping the file.
func (s *Store) InspectSettled(ctx context.Context, m Memory) Snapshot {
	snap := s.Inspect(ctx, m)
	if snap.HasLock() || snap.State == Unknown || time.Since(snap.Changed) >= SettleTime+granularity(snap.Changed) {
		return snap
	}
	select {
	case <-time.After(SettleTime):
		return s.Inspect(ctx, m)
	case <-ctx.Done():
		return s.timedOut(ctx.Err()) // nobody confirmed the absence
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
	host, _ := s.host()
	problem := "reading took longer than " + ReadTimeout.String()
	if errors.Is(err, context.Canceled) {
		problem = "the look was called off"
	}
	return Snapshot{Store: s.dir, Lock: s.LockPath(), State: Unknown, Reason: Timeout, Host: host, Problem: problem}
}

// look runs in a goroutine of its own: any of its reads may hang. That a lock is stale it says of the one that is there in
// the end: a new one may have come while a slow directory was listed.
func (s *Store) look(m Memory, ignoreCopies bool) Snapshot {
	snap := s.lookOnce(m, ignoreCopies)
	for range staleAgain {
		if snap.State != Stale || s.read(snap.Lock).token() == snap.Token {
			break
		}
		snap = s.lookOnce(m, ignoreCopies)
	}
	return snap
}

// staleAgain is how often a look begins anew: a lock that is yet another one then is taken often, and will be seen.
const staleAgain = 2

// lookOnce gathers the evidence of one look.
func (s *Store) lookOnce(m Memory, ignoreCopies bool) Snapshot {
	l := looking{store: s, memory: m, snap: Snapshot{Store: s.dir, Lock: s.LockPath()}}
	l.readHost()
	if l.evidence.Unreadable == "" {
		l.readFile()
	}
	if l.evidence.Unreadable == "" {
		l.readDirectory()
	}
	if l.evidence.Unreadable == "" {
		l.findProcesses()
		l.weighCopies()
	}
	l.evidence.RivalCopy = l.evidence.RivalCopy && !ignoreCopies
	l.snap.State, l.snap.Reason = Classify(l.evidence)
	if l.snap.State == Unknown {
		l.snap.Token = ""
	}
	return l.snap
}

// looking is a look under way.
type looking struct {
	store    *Store
	memory   Memory
	evidence Evidence
	snap     Snapshot
	copies   []string // paths
}

func (l *looking) unreadable(why Reason, err error) {
	l.evidence.Unreadable = why
	if err != nil {
		l.snap.Problem = err.Error()
	}
}

// readHost: without a name of our own every lock would look like another host's.
func (l *looking) readHost() {
	var err error
	if l.snap.Host, err = l.store.host(); err != nil {
		l.unreadable(IOError, err)
	}
}

func (l *looking) readFile() {
	f := l.store.read(l.snap.Lock)
	l.evidence.Absent, l.snap.LinkTarget = f.absent, f.target
	if f.reason != "" {
		l.unreadable(f.reason, f.err)
		return
	}
	if f.absent {
		return
	}
	l.snap.Token = f.token()
	record, err := Parse(f.data)
	var bad *FormatError
	if errors.As(err, &bad) {
		l.evidence.Malformed, l.snap.Problem = bad.Reason, bad.Error()
		return
	}
	l.evidence.Record, l.snap.Record = record, record
}

// readDirectory sees what lies beside the lock: placeholders and conflict copies. It also tells an absent lock from an
// absent store.
func (l *looking) readDirectory() {
	var err error
	if l.snap.Changed, err = eachName(l.store.dir, l.neighbour); err != nil {
		l.directoryFailed(err)
	}
	slices.Sort(l.copies)
}

// directoryFailed: a lock that was read stands by itself; an absent one is not believed in a store that cannot be listed.
func (l *looking) directoryFailed(err error) {
	if l.evidence.Absent {
		l.evidence.Absent = false
		l.unreadable(reasonOf(err), err)
	}
}

func (l *looking) neighbour(name string) {
	if name == placeholderName && l.evidence.Absent {
		l.evidence.Absent = false
		l.unreadable(NotDownloaded, errors.New("iCloud Drive has put a placeholder in its place"))
	}
	if ConflictEngine(name) != "" {
		l.copies = append(l.copies, l.store.path(name))
	}
}

// findProcesses asks who is behind the claims. .daemon-state.json is opened only where the lock is not plainly ours.
func (l *looking) findProcesses() {
	e, r := &l.evidence, l.evidence.Record
	e.Boot = BootTime()
	e.ClockStepped = clockStepped(l.memory.Boot, e.Boot)
	if !r.IsZero() {
		e.OurHost = SameHost(r.Hostname, l.snap.Host)
		e.Holder, e.Self = Probe(r.PID), r.PID == os.Getpid()
		l.snap.Alias = !e.OurHost && containsHost(l.store.options.Aliases, r.Hostname)
	}
	if e.Malformed == "" && !e.OurHost {
		l.findLocalDaemon()
	}
	if e.OurHost || renamed(*e) {
		l.snap.Holder, l.snap.LocalDaemon = e.Holder, Process{}
	}
}

// clockStepped: the boot of one machine moves only when its clock is set.
func clockStepped(before, now time.Time) bool {
	return !before.IsZero() && !now.IsZero() && now.Sub(before).Abs() > Tolerance
}

func (l *looking) findLocalDaemon() {
	e, m := &l.evidence, l.memory
	if m.Holder.PID != 0 {
		if p := Probe(m.Holder.PID); p.Alive() && p.Same(m.Holder) {
			e.Remembered, l.snap.LocalDaemon = true, p
			samePID := p.PID == e.Record.PID && m.StartedAt != ""
			e.SameClaim = samePID && m.StartedAt == e.Record.StartedAt
			e.TookAnew = samePID && !e.SameClaim
		}
	}
	if !m.GoneSince.IsZero() {
		e.GoneFor = time.Since(m.GoneSince)
	}
	if p := Probe(l.statePID()); p.Alive() && p.IsDaemon() {
		e.StateDaemon = true
		if !e.Remembered { // the file is synced, too: who was seen to hold the store here is the one to be named
			l.snap.LocalDaemon = p
		}
	}
}

// statePID is daemon_pid of .daemon-state.json, or 0, which is no process.
func (l *looking) statePID() int {
	path := l.store.path(stateName)
	info, err := os.Lstat(path)
	if err != nil {
		return 0
	}
	state, err := parseObject(readRegular(path, info, maxStateSize).data)
	if err != nil {
		return 0
	}
	pid, err := strconv.ParseInt(string(state["daemon_pid"]), 10, 32)
	if err != nil || pid < 0 {
		return 0
	}
	return int(pid)
}

// weighCopies reads the conflict copies and asks whether one of them is a claim against the lock.
func (l *looking) weighCopies() {
	lock := l.evidence.Record
	var copies []Conflict
	for _, path := range l.copies {
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue // it went meanwhile, or no sync engine made it
		}
		c := Conflict{Path: path, Record: readCopy(path, info), Superseded: superseded(lock, changeTime(info))}
		rival := !lock.IsZero() && !c.Record.IsZero() && !c.Superseded && !c.Record.SameHolder(lock)
		l.evidence.RivalCopy = l.evidence.RivalCopy || rival
		copies = append(copies, c)
	}
	l.snap.Conflicts = NewConflicts(copies)
}

func readCopy(path string, info fs.FileInfo) Record {
	f := readRegular(path, info, MaxSize)
	record, err := Parse(f.data)
	if f.reason != "" || err != nil {
		return Record{}
	}
	return record
}

// superseded: the lock was taken anew after the copy appeared here.
func superseded(lock Record, appeared time.Time) bool {
	taken, known := lock.Started()
	return known && taken.After(appeared.Add(Tolerance))
}
