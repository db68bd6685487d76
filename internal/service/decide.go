package service

import (
	"fmt"
	"slices"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// Refusal says why the service manager was not asked to do anything.
type Refusal struct {
	Why     string // without a full stop
	Already bool   // it is so already
	Err     error  // may be nil
}

func (r *Refusal) Error() string { return r.Why }

func (r *Refusal) Unwrap() error { return r.Err }

func refusef(format string, args ...any) error { return &Refusal{Why: fmt.Sprintf(format, args...)} }

func alreadyf(format string, args ...any) error {
	return &Refusal{Why: fmt.Sprintf(format, args...), Already: true}
}

// toStop picks the service whose main process is one of the daemons of a store. If there is no daemon, it may be a service that waits
// to start one again.
func toStop(daemons []lockcore.Process, states []State) (State, lockcore.Process, error) {
	for _, d := range daemons {
		if s, ok := running(states, d.PID); ok {
			return s, d, nil
		}
	}
	if len(daemons) == 0 {
		s, err := toStopNone(states)
		return s, lockcore.Process{}, err
	}
	if i := slices.IndexFunc(states, func(s State) bool { return s.Own && s.PID != 0 }); i >= 0 {
		return State{}, lockcore.Process{}, refusef("%s runs PID %d, and it is not known whether that started the daemon, PID %d: end it where it was started",
			words.Clean(states[i].Name), states[i].PID, daemons[0].PID)
	}
	return State{}, lockcore.Process{}, refusef("PID %d was not started by a service of yours, but by hand or by another program: end it where it was started", daemons[0].PID)
}

// toStopNone is toStop where no daemon is known to run.
func toStopNone(states []State) (State, error) {
	i := slices.IndexFunc(states, func(s State) bool { return s.Own && s.Active })
	switch {
	case i < 0:
		return State{}, alreadyf("no daemon of this store runs here")
	case states[i].PID != 0:
		return State{}, refusef("%s runs PID %d, and it is not known whether that is a daemon of this store", words.Clean(states[i].Name), states[i].PID)
	}
	return states[i], nil
}

// running returns the service whose main process has this PID.
func running(states []State, pid int) (State, bool) {
	i := slices.IndexFunc(states, func(s State) bool { return s.PID != 0 && s.PID == pid })
	if i < 0 {
		return State{}, false
	}
	return states[i], true
}

// Shown is the service to speak of: the one that runs a daemon of a store, else the first whose files name it.
func Shown(daemons []lockcore.Process, states []State) State {
	for _, d := range daemons {
		if s, ok := running(states, d.PID); ok {
			return s
		}
	}
	if i := slices.IndexFunc(states, func(s State) bool { return s.Own }); i >= 0 {
		return states[i]
	}
	return State{}
}

// toStart picks the service that starts the daemon of a store. A daemon takes over whatever lock it finds, so it is started only where
// nobody holds the store.
func toStart(seen lockcore.Snapshot, states []State) (State, error) {
	if daemons := seen.Daemons(); len(daemons) > 0 {
		return State{}, alreadyf("a daemon of this store runs here already, PID %d", daemons[0].PID)
	}
	if free := seen.State == lockcore.Unlocked || seen.State == lockcore.Stale; !free || seen.InUse() {
		return State{}, refusef("a daemon is started only where nobody holds the store, and this one is not free: %s", words.Title(seen))
	}
	i := slices.IndexFunc(states, func(s State) bool { return s.Own })
	switch {
	case i < 0:
		return State{}, refusef("no service of yours is known to start the daemon of this store")
	case states[i].PID != 0:
		return State{}, alreadyf("%s runs already, PID %d", words.Clean(states[i].Name), states[i].PID)
	}
	return states[i], nil
}
