package lockcore_test

import (
	"fmt"
	"testing"
	"time"

	"lockbar/lockcore"
)

// platform lists what a system shows of another process.
type platform struct {
	name                     string
	arguments, stores, times bool
}

// platforms lists the systems, and two kinds of processes of which any system shows less.
var platforms = []platform{
	{"linux", true, true, true},
	{"macos", true, false, true}, // it does not show open files, so no process is known to use another store
	{"windows", true, false, true},
	{"another user's", false, false, true},
	{"nothing but its number", false, false, false},
}

// seenBy returns a process as a platform shows it.
func (p platform) seenBy(kind lockcore.ProcessKind, serves lockcore.Serving, started time.Time) lockcore.Process {
	w := what{kind, serves}
	if !p.arguments {
		w = opaque
	}
	if !p.stores && w.serves == lockcore.AnotherStore {
		w.serves = lockcore.UnknownStore
	}
	if !p.times {
		started = time.Time{}
	}
	return process(lockcore.Running, started, w)
}

// TestNoFalseProof goes through every kind of process, store, age, clock and platform. A process with the PID in a lock of this host runs.
// The test checks that the holder is nevertheless proven gone where the rules in checkProof say so, and nowhere else.
func TestNoFalseProof(t *testing.T) {
	ages := []time.Duration{-time.Hour, -time.Second, 0, lockcore.Tolerance, lockcore.Tolerance + time.Microsecond, time.Hour}
	boots := []time.Duration{-2 * time.Hour, lockcore.Tolerance + time.Minute}
	for _, p := range platforms {
		for kind := lockcore.UnknownKind; kind <= lockcore.LockbarRun; kind++ {
			for serves := lockcore.UnknownStore; serves <= lockcore.AnotherStore; serves++ {
				for _, age := range ages {
					for _, booted := range boots {
						for _, clockSet := range []bool{false, true} {
							e := ours(p.seenBy(kind, serves, taken.Add(age)), boot(booted))
							e.ClockStepped = clockSet
							checkProof(t, fmt.Sprint(p.name, " ", kind, serves, " ", age, " boot ", booted, " stepped ", clockSet), e)
						}
					}
				}
			}
		}
	}
}

// checkProof compares the verdict with the rules, which are written here a second time in another form.
func checkProof(t *testing.T, name string, e lockcore.Evidence) {
	t.Helper()
	h := e.Holder
	daemon := h.Kind == lockcore.Daemon || h.Kind == lockcore.LockbarRun
	late := !h.Started.IsZero() && h.Started.Sub(taken) > lockcore.Tolerance
	old := e.Boot.Sub(taken) > lockcore.Tolerance && (h.Started.IsZero() || late)
	want := lockcore.Reason("")
	switch {
	case daemon && lockcore.ServedBy(h) == lockcore.AnotherStore:
		want = lockcore.OtherStore
	case daemon || h.Kind == lockcore.UnknownKind || e.ClockStepped:
	case old:
		want = lockcore.BeforeBoot
	case late:
		want = lockcore.PIDRecycled
	}
	if got := lockcore.StaleProof(e); got != want {
		t.Errorf("%s: proof %q, want %q", name, got, want)
	}
	state, _ := lockcore.Classify(e)
	if (state == lockcore.Stale) != (want != "") {
		t.Errorf("%s: %s with proof %q", name, state, want)
	}
	e.StoreOpener = true
	if state, reason := lockcore.Classify(e); state != lockcore.HeldHere || (reason == lockcore.StoreOpen) != (want != "") {
		t.Errorf("%s: %s/%s although the database is open", name, state, reason)
	}
}
