package lockcore_test

import (
	"errors"
	"testing"
	"time"

	"lockbar/lockcore"
)

const us, them = "mac-a", "mac-b"

func record(host string, pid int) lockcore.Record {
	return lockcore.Record{PID: pid, Hostname: host, StartedAt: started, SchemaVersion: "1"}
}

// asError reports whether err is an Error itself, with an operation and that cause, and stores it.
func asError(err, cause error, e **lockcore.Error) bool {
	is, ok := err.(*lockcore.Error)
	*e = is
	return ok && is.Op != "" && errors.Is(err, cause)
}

// isError does what asError does, for callers that do not need the Error.
func isError(err, cause error) bool {
	var e *lockcore.Error
	return asError(err, cause, &e)
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func snap(state lockcore.State, reason lockcore.Reason, r lockcore.Record) lockcore.Snapshot {
	s := lockcore.Snapshot{Store: "/s", Lock: "/s/.locked", Host: us, State: state, Reason: reason, Record: r}
	if !r.IsZero() {
		s.Token = lockcore.TokenOf(r.Encode())
	}
	if state == lockcore.Corrupt {
		s.Token = lockcore.TokenOf([]byte("corrupt"))
	}
	return s
}

var (
	none       = lockcore.Record{}
	mine       = record(us, 7)
	mineNew    = lockcore.Record{PID: 8, Hostname: us, StartedAt: "2026-11-22T20:00:00+00:00", SchemaVersion: "1"}
	theirs     = record(them, 7)
	theirsNew  = record(them, 9)
	missing    = snap(lockcore.Unknown, lockcore.StoreMissing, none)
	copied     = snap(lockcore.Contested, lockcore.ConflictCopy, mine)
	unlocked   = snap(lockcore.Unlocked, "", none)
	held       = snap(lockcore.HeldHere, "", mine)
	heldNew    = snap(lockcore.HeldHere, "", mineNew)
	renamedNow = snap(lockcore.HeldHere, lockcore.RenamedHost, record("old-name", 7))
	elsewhere  = snap(lockcore.HeldElsewhere, "", theirs)
	stale      = snap(lockcore.Stale, lockcore.ProcessGone, mine)
	both       = snap(lockcore.Contested, lockcore.LocalDaemonAlive, theirs)
	vanished   = snap(lockcore.Contested, lockcore.LockMissing, none)
	corrupt    = snap(lockcore.Corrupt, lockcore.NotJSON, none)
)

// now is the time of the later look.
var now = taken.Add(time.Hour)

// titleOf returns the title of a daemon of 3.x that serves a store.
func titleOf(store string) string { return lockcore.DaemonTitle + " store=" + store }
