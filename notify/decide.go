package notify

import (
	"cmp"
	"maps"
	"time"

	"lockbar/lockcore"
)

// Grace is how long a lock must be stale before anybody is told: launchd restarts a crashed daemon within 5 s.
const Grace = 10 * time.Second

// Fact is one event of one store. Store is its name where there are several, else empty.
type Fact struct {
	Store    string
	Event    lockcore.Event
	From, To lockcore.Snapshot
}

// kind is what a message is about; what was told is remembered by kind.
type kind string

const (
	nothing         kind = ""
	takeover        kind = "takeover"
	takeoverRunning kind = "takeover-while-running"
	twoDaemons      kind = "two-daemons"
	lockVanished    kind = "lock-vanished"
	conflictCopy    kind = "conflict-copy"
	staleLock       kind = "stale"
	corruptLock     kind = "corrupt"
	resurrected     kind = "resurrected"
)

// rows has one row for each event: what it deserves at once. A stale lock is told by its state, after Grace, whatever
// event led there.
var rows = map[lockcore.Event]func(lockcore.Snapshot) kind{
	lockcore.Initial:     standing,
	lockcore.Acquired:    silent,
	lockcore.Released:    silent,
	lockcore.TakenOver:   tookOver,
	lockcore.WentStale:   silent,
	lockcore.BecameTwo:   standing,
	lockcore.Corrupted:   standing,
	lockcore.Unreadable:  silent,
	lockcore.Cleared:     silent,
	lockcore.WasRemoved:  silent,
	lockcore.WasRestored: silent,
	lockcore.Resurrected: func(lockcore.Snapshot) kind { return resurrected },
	lockcore.Renamed:     silent,
	lockcore.Changed:     contestedAnew,
}

func silent(lockcore.Snapshot) kind { return nothing }

// standing is what a state deserves that was found, not seen to begin.
func standing(s lockcore.Snapshot) kind {
	if s.State == lockcore.Corrupt {
		return corruptLock
	}
	return contestedAnew(s)
}

func contestedAnew(s lockcore.Snapshot) kind {
	if s.State != lockcore.Contested {
		return nothing
	}
	switch s.Reason {
	case lockcore.LockMissing:
		return lockVanished
	case lockcore.ConflictCopy:
		return conflictCopy
	}
	return twoDaemons
}

func tookOver(s lockcore.Snapshot) kind {
	if s.State == lockcore.Contested && s.Reason == lockcore.LocalDaemonAlive {
		return takeoverRunning
	}
	return cmp.Or(contestedAnew(s), takeover)
}

// told is what makes one fact the same as another: the kind, and who is in it.
type told struct {
	Kind   kind
	Record lockcore.Record
	Daemon int            // PID of the daemon that runs here beside the lock
	Token  lockcore.Token // where there is no record
}

// factOf is the identity under which a message of this kind is remembered. The two that say "two daemons" are one fact.
func factOf(k kind, s lockcore.Snapshot) told {
	t := told{Kind: k, Record: s.Record, Daemon: s.LocalDaemon.PID}
	if k == takeoverRunning {
		t.Kind = twoDaemons
	}
	if s.Record.IsZero() {
		t.Token = s.Token
	}
	return t
}

// waiting is a stale lock in its grace.
type waiting struct {
	Fact Fact
	Due  time.Time
}

// Decider is the state of the machine: what was told and what waits. It is a value; Step and Wake return the next one.
// The zero value has told nothing.
type Decider struct {
	last  map[string]map[kind]told // by store directory: the newest fact of each kind that was told
	stale map[string]waiting       // by store directory
}

// Step takes one fact and returns the messages that it deserves now: none or one.
func (d Decider) Step(f Fact, now time.Time) (Decider, []Message) {
	d = d.watchStale(f, now)
	row, ok := rows[f.Event]
	if !ok {
		return d, nil
	}
	return d.tell(row(f.To), f, now)
}

// Wake returns the messages that are due at now.
func (d Decider) Wake(now time.Time) (Decider, []Message) {
	var all []Message
	for store, w := range d.stale {
		if now.Before(w.Due) {
			continue
		}
		var m []Message
		d, m = d.without(store).tell(staleLock, w.Fact, now)
		all = append(all, m...)
	}
	return d, all
}

// Next is when Wake wants to be called; zero while nothing waits.
func (d Decider) Next() time.Time {
	var next time.Time
	for _, w := range d.stale {
		if next.IsZero() || w.Due.Before(next) {
			next = w.Due
		}
	}
	return next
}

// watchStale begins, keeps or ends the grace of a store's lock.
func (d Decider) watchStale(f Fact, now time.Time) Decider {
	w, ok := d.stale[f.To.Store]
	switch {
	case f.To.State != lockcore.Stale:
		return d.without(f.To.Store)
	case ok && w.Fact.To.Record == f.To.Record:
		return d
	}
	d.stale = with(d.stale, f.To.Store, waiting{f, now.Add(Grace)})
	return d
}

func (d Decider) without(store string) Decider {
	if _, ok := d.stale[store]; ok {
		d.stale = maps.Clone(d.stale)
		delete(d.stale, store)
	}
	return d
}

// tell gives the message of a kind unless the same fact was the last one told.
func (d Decider) tell(k kind, f Fact, now time.Time) (Decider, []Message) {
	fact := factOf(k, f.To)
	if k == nothing || d.last[f.To.Store][fact.Kind] == fact {
		return d, nil
	}
	d.last = with(d.last, f.To.Store, with(d.last[f.To.Store], fact.Kind, fact))
	return d, []Message{message(k, f, now)}
}

// with is a copy of m with one entry more: a Decider that was returned never changes.
func with[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	c := make(map[K]V, len(m)+1)
	maps.Copy(c, m)
	c[k] = v
	return c
}
