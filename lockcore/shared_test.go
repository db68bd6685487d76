package lockcore_test

import (
	"errors"
	"os"
	"runtime"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

const us, them = "mac-a", "mac-b"

func record(host string, pid int) lockcore.Record {
	return lockcore.Record{PID: pid, Hostname: host, StartedAt: started, SchemaVersion: "1"}
}

// isError reports whether err is an Error, not a wrapped one, with an operation and this cause.
func isError(err, cause error) bool {
	e, ok := err.(*lockcore.Error)
	return ok && e.Op != "" && errors.Is(err, cause)
}

// errorOf returns the Error if isError is true of err, otherwise the zero Error.
func errorOf(err, cause error) lockcore.Error {
	if !isError(err, cause) {
		return lockcore.Error{}
	}
	return *err.(*lockcore.Error)
}

// errOf returns the error of a call that also returns a value.
func errOf[T any](_ T, err error) error { return err }

func noError(t testing.TB, err error) {
	t.Helper()
	testfs.Check(t, err)
}

// skipUnlessCI skips a test that lacks a program or something else that it needs. In CI on Linux it fails the test: the gate provides all.
func skipUnlessCI(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" && runtime.GOOS == "linux" {
		t.Fatal("in CI: " + why)
	}
	t.Skip(why)
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

// now is the time of the later of two looks.
var now = taken.Add(time.Hour)

// titleOf returns the title of a daemon of 3.x that serves a store.
func titleOf(store string) string { return lockcore.DaemonTitle + " store=" + store }
