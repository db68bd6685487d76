// Package service asks the service manager of this user, launchd, systemd or the task scheduler, to stop or start the daemon of a store.
// It sends no signal itself. It compares the process that the manager runs with the daemons that lockcore has found, and never ends a
// daemon that no service started. It does not know the menu or the commands.
//
// On Windows it stops nothing. `schtasks /End` kills the process that the task has started, which is cmd.exe. The daemon that cmd.exe has
// started may outlive cmd.exe. There is no other way to ask the daemon to stop: `iai-mcp daemon stop` calls taskkill.
package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lockbar/internal/config"
	"lockbar/internal/machine"
	"lockbar/lockcore"
)

const (
	// Limit bounds a stop or a start. By default systemd itself ends a service that does not stop within 90 s (TimeoutStopSec=).
	Limit = 100 * time.Second
	// askTime bounds a query to the service manager, which answers within milliseconds.
	askTime = 5 * time.Second
	// pollTime is the time between two looks at a process or service that is to end or start.
	pollTime = 100 * time.Millisecond
)

// Installed holds the settings from the files of the daemon's services.
type Installed struct {
	Restart time.Duration // the longest delay before a crashed daemon is restarted
	Stores  []string      // the stores whose daemon a service is certain to start, by lockcore's Identity
}

// ReadInstalled reads the files of the daemon's services, and asks no service manager. It returns nil if it cannot read them in time.
func ReadInstalled() *Installed {
	services, ok := config.Services()
	if !ok {
		return nil
	}
	i := new(Installed)
	for _, s := range services {
		i.Restart = max(i.Restart, s.Restart)
		if identity := identityOf(s); identity != "" {
			i.Stores = append(i.Stores, identity)
		}
	}
	return i
}

// identityOf returns the identity of the store whose daemon a service starts; empty if the files leave a doubt, or the service cannot be
// controlled.
func identityOf(s config.Service) string {
	if store, err := lockcore.Open(s.Store, lockcore.Options{}); err == nil && s.Store != "" && s.Name != "" {
		return store.Identity()
	}
	return ""
}

// State is the state of a service, as its manager or, on Windows, the process table shows it.
type State struct {
	Name   string
	Own    bool // its files are certain to start the daemon of the requested store
	Active bool // it is running, starting, stopping or restarting
	PID    int  // of its main process; 0 if there is none

	command string // of a Windows task
}

// Look returns the services that start the daemon of a store, and those that may start it because their files leave a doubt.
func Look(ctx context.Context, store *lockcore.Store) (states []State, err error) {
	services, ok := config.Services()
	if !ok {
		return nil, errors.New("the home directory does not answer, so it is not known which service starts the daemon")
	}
	for _, s := range services {
		own := identityOf(s) == store.Identity()
		if s.Name == "" || !own && s.Store != "" {
			continue
		}
		state := State{Name: s.Name, Own: own, command: s.Command}
		if err := system.ask(ctx, &state); err != nil && !own {
			continue // the service may not belong to the store
		} else if err != nil {
			return nil, err
		}
		states = append(states, state)
	}
	return states, nil
}

// Stop stops the service that runs one of these daemons of a store; if there are none, one that is about to restart the daemon. It waits
// until the manager reports that the service has stopped and the process is gone, and returns a text about it, without a full stop. A
// *Refusal as the error means that there is nothing that may be stopped.
func Stop(ctx context.Context, store *lockcore.Store, daemons []lockcore.Process) (string, error) {
	if !CanStop {
		return "", cannotStop(living(daemons))
	}
	states, err := Look(ctx, store)
	if err != nil {
		return "", err
	}
	return system.stopOne(ctx, states, daemons)
}

func (m manager) stopOne(ctx context.Context, states []State, daemons []lockcore.Process) (string, error) {
	s, daemon, err := toStop(living(daemons), len(daemons), states)
	if err == nil {
		err = m.change(ctx, m.stop, &s, func() (bool, error) {
			switch {
			case s.PID != 0 && daemon.PID == 0:
				return false, fmt.Errorf("%s has started the daemon again, PID %d", s.Name, s.PID)
			case s.PID != 0 && s.PID != daemon.PID:
				return false, fmt.Errorf("PID %d has ended, and %s has started another daemon, PID %d", daemon.PID, s.Name, s.PID)
			}
			return !s.Active && hasEnded(daemon), nil
		})
	}
	if daemon.PID == 0 {
		return s.Name + " was stopped before it restarted the daemon", err
	}
	return fmt.Sprintf("The daemon was stopped (PID %d, %s). The assistant's next call may start it again", daemon.PID, s.Name), err
}

// Start starts the service of a store if the store has no holder in this look. It waits until the service runs, but not for the daemon to
// take the lock, and returns a text about it, without a full stop. A *Refusal as the error means that it may not be started, or runs.
func Start(ctx context.Context, store *lockcore.Store, seen lockcore.Snapshot) (string, error) {
	states, err := Look(ctx, store)
	if err != nil {
		return "", err
	}
	return system.startOne(ctx, states, seen)
}

func (m manager) startOne(ctx context.Context, states []State, seen lockcore.Snapshot) (string, error) {
	s, err := toStart(seen, states)
	if err == nil {
		var end, since time.Time
		last := 0
		err = m.change(ctx, m.start, &s, func() (bool, error) {
			if end.IsZero() {
				end = time.Now().Add(m.launch)
			}
			if s.PID == 0 && time.Now().After(end) {
				return false, fmt.Errorf("%s was started but has no process: its log may say why", s.Name)
			}
			if s.PID != last {
				last, since = s.PID, time.Now()
			}
			return s.PID != 0 && time.Since(since) >= m.settle, nil
		})
	}
	return fmt.Sprintf("The daemon was started (PID %d, %s). It takes the lock when it has opened the store, which may take minutes", s.PID, s.Name), err
}

// change runs a command on a service, and updates the state until isDone returns true or an error.
func (m manager) change(ctx context.Context, line []string, s *State, isDone func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	_, err := run(ctx, line, s.Name)
	for err == nil {
		done := false
		if err = m.ask(ctx, s); err == nil {
			done, err = isDone()
		}
		switch {
		case done:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("%s took too long", s.Name)
		}
		time.Sleep(pollTime)
	}
	return err
}

// living returns the daemons that have not ended since they were found.
func living(daemons []lockcore.Process) (list []lockcore.Process) {
	for _, d := range daemons {
		if !hasEnded(d) {
			list = append(list, d)
		}
	}
	return list
}

// hasEnded reports whether a process has ended, even if another process has its PID now.
func hasEnded(p lockcore.Process) bool {
	now := machine.Probe(p.PID)
	return now.Presence != machine.Running || !p.Same(lockcore.Process{PID: p.PID, StartID: now.StartID})
}
