package notify

import (
	"cmp"

	"lockbar/internal/config"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// A kind names the subject of a message. The Decider remembers reported facts by their kind.
type kind string

const (
	nothing         kind = ""
	takeover        kind = "takeover"
	takeoverRunning kind = "takeover-while-running"
	fight           kind = "fight"
	freed           kind = "freed" // only if it happened while nobody watched
	twoDaemons      kind = "two-daemons"
	lockVanished    kind = "lock-vanished"
	conflictCopy    kind = "conflict-copy"
	staleLock       kind = "stale"
	corruptLock     kind = "corrupt"
	resurrected     kind = "resurrected"
	crashing        kind = "crashing"
	allClear        kind = "all-clear"
)

// switches maps each kind to the setting that turns it off. An all clear follows the setting of its alarm.
var switches = map[kind]config.Kind{
	takeover:        config.Takeover,
	takeoverRunning: config.Contested,
	fight:           config.Takeover,
	freed:           config.Away,
	twoDaemons:      config.Contested,
	lockVanished:    config.Contested,
	conflictCopy:    config.Contested,
	staleLock:       config.Stale,
	corruptLock:     config.Corrupt,
	resurrected:     config.Resurrected,
	crashing:        config.Crashes,
}

// rows maps each event to a function that returns the kind to report at once, by the new state. A stale lock is reported later, after
// Grace, whatever event led to it.
var rows = map[watch.Event]func(lockcore.Snapshot) kind{
	watch.Initial:     standing,
	watch.Acquired:    silent,
	watch.Released:    silent,
	watch.TakenOver:   tookOver,
	watch.WentStale:   silent,
	watch.BecameTwo:   standing,
	watch.Corrupted:   standing,
	watch.Unreadable:  silent,
	watch.Cleared:     silent,
	watch.WasRemoved:  silent,
	watch.WasRestored: silent,
	watch.Resurrected: func(s lockcore.Snapshot) kind { return cmp.Or(twoClaims(s), resurrected) },
	watch.Renamed:     silent,
	watch.LockChanged: twoClaims,
}

func silent(lockcore.Snapshot) kind { return nothing }

// standing returns the kind for a state alone, whatever event led to it.
func standing(s lockcore.Snapshot) kind {
	if s.State == lockcore.Corrupt {
		return corruptLock
	}
	return twoClaims(s)
}

// twoClaims returns the kind for a contested state, which may also be a single daemon without its lock; nothing for any other state.
func twoClaims(s lockcore.Snapshot) kind {
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
	return cmp.Or(twoClaims(s), takeover)
}

// kindOf returns the kind for a fact. If the fact is from an absence, an orderly acquisition or release by another computer has a
// kind too, and any other event has the kind of the state, which may never have been reported.
func kindOf(f Fact) kind {
	row, ok := rows[f.Event]
	if !ok {
		row = silent
	}
	k := row(f.To)
	switch {
	case k != nothing:
		return k
	case !f.Away: // two claims are an alarm, whatever event brought them into sight
		return twoClaims(f.To)
	case f.Event == watch.Acquired && f.To.State == lockcore.HeldElsewhere:
		return takeover
	case f.Event == watch.Released && foreign(f.From):
		return freed
	}
	return standing(f.To)
}

func foreign(s lockcore.Snapshot) bool {
	return s.State == lockcore.HeldElsewhere || s.State == lockcore.Contested && s.Reason == lockcore.LocalDaemonAlive
}

// ends maps a kind to a function that reports whether a fact ends it, so that the kind is reported again if it comes back. The facts of
// most other kinds contain a record with its time, so they differ when they come back.
var ends = map[kind]func(Fact) bool{
	twoDaemons:   func(f Fact) bool { return factKind(twoClaims(f.To)) != twoDaemons },
	conflictCopy: func(f Fact) bool { return f.To.Reason != lockcore.ConflictCopy },
	corruptLock:  func(f Fact) bool { return f.To.State != lockcore.Corrupt },
	lockVanished: func(f Fact) bool { return f.To.Reason != lockcore.LockMissing },
	resurrected:  func(f Fact) bool { return f.Event == watch.WasRemoved },
}

// factID identifies a fact by its kind and the processes in it.
type factID struct {
	Kind   kind            `json:"kind"`
	Record lockcore.Record `json:"record,omitzero"`
	Daemon int             `json:"daemon,omitzero"` // PID of the daemon that runs here beside the lock
	Rival  lockcore.Record `json:"rival,omitzero"`  // the claim in a conflict copy
	Token  lockcore.Token  `json:"token,omitzero"`  // of the lock, if there is no record
}

// factKind returns the kind by which a fact of kind k is remembered: takeoverRunning counts as twoDaemons.
func factKind(k kind) kind {
	if k == takeoverRunning {
		return twoDaemons
	}
	return k
}

// factOf returns the identity under which a message of this kind is remembered.
func factOf(k kind, f Fact) factID {
	t := factID{Kind: factKind(k), Record: f.To.Record, Daemon: f.To.LocalDaemon.PID}
	switch {
	case k == crashing, k == fight: // one fact, whoever holds the lock now
		return factID{Kind: k}
	case k == freed:
		t.Record = f.From.Record
	case k == conflictCopy:
		t.Rival = words.Rival(f.To)
	case f.To.Reason == lockcore.OtherDaemonAlive:
		t.Record, t.Rival = pair(f.To)
	}
	if t.Record.IsZero() {
		t.Token = f.To.Token
	}
	return t
}

// pair identifies the first two daemons elsewhere by the locks that they took. So a pair keeps its identity whichever event reveals it,
// and whichever of the two holds the lock.
func pair(s lockcore.Snapshot) (first, second lockcore.Record) {
	var records [2]lockcore.Record
	for i, p := range s.Elsewhere() {
		if i < len(records) {
			records[i] = lockcore.Record{PID: p.Daemon.PID, Hostname: p.Host, StartedAt: p.Daemon.StartedAt, SchemaVersion: "1"}
		}
	}
	return records[0], records[1]
}
