// Package service asks the service manager of this user, launchd or systemd, to stop or start the daemon of a store. It sends no
// signal itself. Which process the manager runs is compared with the daemons that lockcore has found: a daemon that no service
// started is never ended. It knows neither the menu nor the commands.
//
// On Windows nothing is done: the task scheduler does not tell which process it started, and `schtasks /End` is no orderly stop.
package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"lockbar/internal/config"
	"lockbar/internal/machine"
	"lockbar/lockcore"
)

const (
	// Limit bounds a stop or a start. systemd itself ends a service that does not stop within 90 s (TimeoutStopSec=).
	Limit = 100 * time.Second
	// askTime bounds a question to the service manager, which answers within milliseconds.
	askTime = 5 * time.Second
	// launchTime is how long a service that was started may take to have a process. One that fails has none.
	launchTime = 2 * time.Second
	// pollTime is the time between two looks at what ends or begins.
	pollTime = 50 * time.Millisecond
)

// State is what the service manager says of a service.
type State struct {
	Name string
	Own  bool // its files say that it starts the daemon of the store that was asked for
	answer
}

// answer is what one question gave.
type answer struct {
	Active bool // it runs, or is being started, stopped or restarted
	PID    int  // of its main process; 0: there is none
}

// Done says what was stopped or started. PID is 0 if there was no process yet.
type Done struct {
	Service string
	PID     int
}

// errNoManager wraps errors.ErrUnsupported.
var errNoManager = &Refusal{Why: "on this system Lockbar cannot ask for it: use the command iai-mcp daemon stop, or start", Err: errors.ErrUnsupported}

// Look asks for the services that start the daemon of a store, or may: the files do not always say for certain.
func Look(ctx context.Context, store *lockcore.Store) ([]State, error) {
	m := system()
	if m == nil {
		return nil, errNoManager
	}
	return look(ctx, m, of(store))
}

// of lists these services. The manager was not asked yet.
func of(store *lockcore.Store) (list []State) {
	for _, s := range config.Services() {
		if own := isAt(store, s.Store); own || s.Store == "" {
			list = append(list, State{Name: s.Name, Own: own})
		}
	}
	return list
}

func isAt(store *lockcore.Store, dir string) bool {
	other, err := store.At(dir)
	return dir != "" && err == nil && other.Identity() == store.Identity()
}

// Offer says what the services of a store can be asked for, as far as their files tell.
type Offer struct{ Stop, Start bool }

// OfferFor reads the files of the services. It asks no service manager.
func OfferFor(store *lockcore.Store) Offer {
	if system() == nil {
		return Offer{}
	}
	list := of(store)
	return Offer{len(list) > 0, slices.ContainsFunc(list, func(s State) bool { return s.Own })}
}

func look(ctx context.Context, m manager, list []State) ([]State, error) {
	for i := range list {
		said, err := ask(ctx, m, list[i].Name)
		if err != nil {
			return nil, err
		}
		list[i].answer = said
	}
	return list, nil
}

// Stop has the service that runs one of these daemons of a store stop it. It returns when the manager says that the service has
// stopped and the process is gone. The error is a *Refusal if nothing was asked for.
func Stop(ctx context.Context, store *lockcore.Store, daemons []lockcore.Process) (Done, error) {
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	states, err := Look(ctx, store)
	if err != nil {
		return Done{}, err
	}
	return stop(ctx, system(), states, daemons)
}

// stop leaves out daemons that have ended by now: the manager was asked after they were found.
func stop(ctx context.Context, m manager, states []State, daemons []lockcore.Process) (Done, error) {
	service, daemon, err := toStop(slices.DeleteFunc(slices.Clone(daemons), hasEnded), states)
	if err != nil {
		return Done{}, err
	}
	if _, err = run(ctx, m.stop(service.Name)); err == nil {
		err = awaitStop(ctx, m, service.Name, daemon)
	}
	return Done{service.Name, daemon.PID}, err
}

// Start has the service of a store start its daemon, if nobody holds the store by this look. It returns when the service runs: the
// daemon takes the lock later. The error is a *Refusal if nothing was asked for.
func Start(ctx context.Context, store *lockcore.Store, seen lockcore.Snapshot) (Done, error) {
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	states, err := Look(ctx, store)
	if err != nil {
		return Done{}, err
	}
	return start(ctx, system(), states, seen)
}

func start(ctx context.Context, m manager, states []State, seen lockcore.Snapshot) (Done, error) {
	service, err := toStart(seen, states)
	if err != nil {
		return Done{}, err
	}
	if _, err := run(ctx, m.start(service.Name)); err != nil {
		return Done{}, err
	}
	pid, err := awaitStart(ctx, m, service.Name)
	return Done{service.Name, pid}, err
}

// hasEnded reports whether a process, not only its number, is no more.
func hasEnded(p lockcore.Process) bool {
	now := machine.Probe(p.PID)
	return now.Presence != machine.Running || !p.Same(lockcore.Process{PID: p.PID, StartID: now.StartID})
}

// awaitStop waits for the end of the process, then for the manager's word.
func awaitStop(ctx context.Context, m manager, name string, daemon lockcore.Process) error {
	for {
		if daemon.PID == 0 || hasEnded(daemon) {
			switch now, err := ask(ctx, m, name); {
			case err != nil:
				return err
			case now.PID != 0 && now.PID != daemon.PID:
				return fmt.Errorf("PID %d was stopped, and %s has started another one, PID %d", daemon.PID, name, now.PID)
			case !now.Active:
				return nil
			}
		}
		if !pause(ctx) {
			return fmt.Errorf("%s has not stopped in time", name)
		}
	}
}

// awaitStart waits until the service has a process.
func awaitStart(ctx context.Context, m manager, name string) (pid int, err error) {
	ctx, cancel := context.WithTimeout(ctx, launchTime)
	defer cancel()
	for {
		switch now, err := ask(ctx, m, name); {
		case ctx.Err() != nil: // the answer was cut off
		case err != nil:
			return 0, err
		case now.PID != 0:
			return now.PID, nil
		}
		if !pause(ctx) {
			return 0, fmt.Errorf("%s was started, and has no process: its log may say why", name)
		}
	}
}

// pause reports whether there is time for another look.
func pause(ctx context.Context) bool {
	select {
	case <-time.After(pollTime):
		return true
	case <-ctx.Done():
		return false
	}
}
