package service

import (
	"fmt"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// A Refusal reports why the service manager is not asked to stop or start anything.
type Refusal struct {
	Why     string // without a full stop
	Already bool   // the wanted state was reached already
}

func (r *Refusal) Error() string { return r.Why }

func refuse(already bool, format string, args ...any) error {
	return &Refusal{Why: fmt.Sprintf(format, args...), Already: already}
}

// cannotStop refuses a stop on a system whose service manager cannot stop a daemon in an orderly way. It names an alternative.
func cannotStop(daemons []lockcore.Process) error {
	if len(daemons) == 0 {
		return refuse(true, "no daemon of this store runs here")
	}
	return refuse(false, "Windows has no way to ask the daemon to end, and Lockbar does not kill it; to kill the daemon: %s; if it holds "+
		"the lock, that stays, and is stale: Force Unlock removes it, or the next daemon takes it", words.KillCommand(daemons[0].PID))
}

// toStop returns the service whose main process is one of the daemons of a store on this computer, and that daemon. found is the number of
// daemons in the earlier look. If it is 0, the service may be about to restart a daemon; then toStop returns the service alone.
func toStop(daemons []lockcore.Process, found int, states []State) (State, lockcore.Process, error) {
	its, none := Shown(daemons, states), lockcore.Process{}
	for _, d := range daemons {
		if d.PID == its.PID {
			return its, d, nil
		}
	}
	switch {
	case its.PID != 0:
		return its, none, refuse(false, "%s runs PID %d, and it is not known whether that is, or started, a daemon of this store: end it where it was started", its.Name, its.PID)
	case len(daemons) > 0:
		return its, none, refuse(false, "none of your services started PID %d: end it where it was started", daemons[0].PID)
	case found > 0:
		return its, none, refuse(true, "the daemon has ended already")
	case !its.Active:
		return its, none, refuse(true, "no daemon of this store runs here")
	}
	return its, none, nil
}

// Shown returns the service to show: the one that runs a daemon of a store, else the first that is certain to start its daemon.
func Shown(daemons []lockcore.Process, states []State) (shown State) {
	for _, s := range states {
		for _, d := range daemons {
			if s.PID == d.PID {
				return s
			}
		}
		if shown.Name == "" && s.Own {
			shown = s
		}
	}
	return shown
}

// toStart returns the service that starts the daemon of a store. It refuses unless the store exists and is free, since a daemon takes over
// any lock that it finds.
func toStart(seen lockcore.Snapshot, states []State) (State, error) {
	daemons := lockcore.Daemons(seen)
	its := Shown(daemons, states)
	switch {
	case len(daemons) > 0:
		return its, refuse(true, "a daemon of this store runs here already, PID %d", daemons[0].PID)
	case seen.Reason == lockcore.StoreMissing:
		return its, refuse(false, "the store does not exist, and a daemon would create it; if you want that: iai-mcp daemon start")
	case seen.State != lockcore.Unlocked && seen.State != lockcore.Stale, seen.InUse():
		return its, refuse(false, "a daemon is started only while nobody holds the store, and the store is not free: %s", words.Title(seen))
	case its.Name == "":
		return its, refuse(false, "no service of yours is known to start the daemon of this store")
	case its.PID != 0:
		return its, refuse(true, "%s runs already, PID %d", its.Name, its.PID)
	}
	return its, nil
}
