package service

import (
	"errors"
	"strings"
	"testing"

	"lockbar/lockcore"
)

// own returns a service that certainly starts the daemon of the store.
func own(pid int) State {
	return State{Name: "own.service", Own: true, Active: pid != 0, PID: pid}
}

// maybe returns a service whose files leave a doubt.
func maybe(pid int) State {
	return State{Name: "maybe.service", Active: pid != 0, PID: pid}
}

func process(pid int) lockcore.Process {
	return lockcore.Process{PID: pid, Status: lockcore.Running, Kind: lockcore.Daemon}
}

// check compares a decision with want: the name of the service, or a part of the refusal.
func check(t *testing.T, name string, got State, err error, want string, already bool) {
	t.Helper()
	refused, _ := errors.AsType[*Refusal](err)
	switch {
	case err == nil && got.Name != want, err != nil && !strings.Contains(err.Error(), want):
		t.Errorf("%s: %q, %v, want %q", name, got.Name, err, want)
	case refused != nil && refused.Already != already:
		t.Errorf("%s: %q has Already %t", name, refused.Why, refused.Already)
	}
}

func TestWhatMayBeStopped(t *testing.T) {
	waiting := own(0)
	waiting.Active = true
	for _, test := range []struct {
		name    string
		daemons []lockcore.Process
		states  []State
		want    string
		pid     int
		already bool
	}{
		{"nothing", nil, nil, "no daemon of this store runs here", 0, true},
		{"a service that does not run", nil, []State{own(0)}, "no daemon of this store runs here", 0, true},
		{"its daemon", []lockcore.Process{process(7)}, []State{own(7)}, "own.service", 7, false},
		{"the process proves it", []lockcore.Process{process(7)}, []State{own(0), maybe(7)}, "maybe.service", 7, false},
		{"the second daemon", []lockcore.Process{process(6), process(7)}, []State{own(7)}, "own.service", 7, false},
		{"by hand", []lockcore.Process{process(7)}, []State{own(0)}, "none of your services started PID 7: end it where it was started", 0, false},
		{"no service", []lockcore.Process{process(7)}, nil, "none of your services started PID 7", 0, false},
		{"another process of a service that may be another store's", []lockcore.Process{process(7)}, []State{maybe(8)}, "none of your services started PID 7", 0, false},
		{"a wrapper", []lockcore.Process{process(7)}, []State{own(8)}, "own.service runs PID 8, and it is not known whether that is, or started, a daemon of this store", 0, false},
		{"a wrapper alone", nil, []State{own(8)}, "own.service runs PID 8, and it is not known", 0, false},
		{"by hand, while the service waits", []lockcore.Process{process(7)}, []State{waiting}, "none of your services started PID 7", 0, false},
		{"waits to restart it", nil, []State{maybe(8), waiting}, "own.service", 0, false},
	} {
		got, daemon, err := toStop(test.daemons, len(test.daemons), test.states)
		check(t, test.name, got, err, test.want, test.already)
		if daemon.PID != test.pid {
			t.Errorf("%s: PID %d, want %d", test.name, daemon.PID, test.pid)
		}
	}
}

// TestWhereNothingIsStopped checks that the refusal says what to do, and what happens then.
func TestWhereNothingIsStopped(t *testing.T) {
	check(t, "nothing runs", State{}, cannotStop(nil), "no daemon of this store runs here", true)
	err := cannotStop([]lockcore.Process{process(7), process(8)})
	for _, part := range []string{"taskkill /F /T /PID 7;", "if it holds the lock, that stays", "Force Unlock"} {
		check(t, "a daemon", State{}, err, part, false)
	}
}

func TestWhatMayBeStarted(t *testing.T) {
	look := func(state lockcore.State, why lockcore.Reason) lockcore.Snapshot {
		return lockcore.Snapshot{State: state, Reason: why, Host: "here"}
	}
	starting, held, run := look(lockcore.Unlocked, ""), look(lockcore.HeldHere, ""), look(lockcore.HeldHere, "")
	starting.Starting, held.Holder = process(7), process(7)
	run.Holder = lockcore.Process{PID: 8, Status: lockcore.Running, Kind: lockcore.LockbarRun}
	elsewhere := look(lockcore.HeldElsewhere, "")
	elsewhere.Record = lockcore.Record{PID: 1, Hostname: "mac-mini"}
	for _, test := range []struct {
		name    string
		look    lockcore.Snapshot
		states  []State
		want    string
		already bool
	}{
		{"free", look(lockcore.Unlocked, ""), []State{maybe(0), own(0)}, "own.service", false},
		{"left behind", look(lockcore.Stale, lockcore.ProcessGone), []State{own(0)}, "own.service", false},
		{"no service", look(lockcore.Unlocked, ""), []State{maybe(0)}, "no service of yours is known", false},
		{"runs", look(lockcore.Unlocked, ""), []State{own(7)}, "own.service runs already, PID 7", true},
		{"holds", held, []State{own(7)}, "a daemon of this store runs here already, PID 7", true},
		{"is starting", starting, []State{own(0)}, "runs here already, PID 7", true},
		{"lockbar run", run, []State{own(0)}, "the store is not free: ", false},
		{"elsewhere", elsewhere, []State{own(0)}, "the store is not free: Held by mac-mini", false},
		{"corrupt", look(lockcore.Corrupt, lockcore.NotJSON), []State{own(0)}, "not free", false},
		{"not there", look(lockcore.Unknown, lockcore.StoreMissing), []State{own(0)}, "the store does not exist", false},
		{"two claims", look(lockcore.Contested, lockcore.ConflictCopy), []State{own(0)}, "not free", false},
	} {
		got, err := toStart(test.look, test.states)
		check(t, test.name, got, err, test.want, test.already)
	}
}
