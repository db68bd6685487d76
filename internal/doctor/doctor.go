// Package doctor checks everything that Lockbar depends on, for people and for bug reports, and describes each store in detail. It
// changes nothing: it writes only one file, in an existing state directory, and removes it again. All checks run at the same time
// and have a deadline, so that a dead mount or a hung service spoils only the checks that need it.
//
// No two checks report the same fact or the same path: one check names the store (all checks of a store do if there are several stores),
// and one the state directory.
//
// A check fails only if Lockbar cannot do its work. A limitation, or a state that needs attention, is a warning.
package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lockbar/internal/state"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// Result is the outcome of a check.
type Result string

const (
	Pass Result = "pass"
	Warn Result = "warn"
	Fail Result = "fail"
)

// Check is the result of one check: one line of the output.
type Check struct {
	Name   string `json:"name"` // kebab-case, stable
	Result Result `json:"status"`
	Detail string `json:"detail"` // on one line: the finding, and what to do about a bad one
	// Skipped is set if the check could not be made, for a reason that another check reports. It counts neither as a warning nor as passed.
	Skipped bool `json:"-"`
}

// Subject holds what Run checks.
type Subject struct {
	Stores   []*lockcore.Store
	Origins  map[string]string // the source of each store (config.StorePath), by its directory
	Doubts   []string          // reasons why the daemon may use another store
	StateDir string            // this machine's; empty if the system has no place for it
	Place    state.Dir         // its location and owner
	Version  string            // of Lockbar
	// Commands returns the command lines for a store.
	Commands func(store string) words.Commands
}

// deadline bounds the checks, which run at the same time. It exceeds the limits of a look at a lock (2 s) and the greeting of a bus (5 s).
const deadline = 6 * time.Second

// probe makes one or several checks together.
type probe struct {
	name  string // of the check that reports a timeout
	run   func(context.Context) []Check
	store string // the path that the checks name; empty if there is only one store
}

// Run makes all checks, in a stable order. It takes as long as its slowest check, at most the deadline and a graceTime for each
// stuck check. It abandons a check that is stuck in the kernel.
func Run(ctx context.Context, s Subject) []Check {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	probes := s.probes()
	results := make([]chan []Check, len(probes))
	for i, p := range probes {
		results[i] = make(chan []Check, 1)
		go func() { results[i] <- p.run(ctx) }()
	}
	var checks []Check
	for i, p := range probes {
		checks = append(checks, p.naming(p.wait(ctx, results[i]))...)
	}
	return checks
}

// wait returns the result of a probe, or a warning if there is none graceTime after the deadline.
func (p probe) wait(ctx context.Context, result <-chan []Check) []Check {
	select {
	case checks := <-result:
		return checks
	case <-ctx.Done():
	}
	select {
	case checks := <-result:
		return checks
	case <-time.After(graceTime):
		return one(p.name, Warn, "This check did not end within %v; what it waits for hangs", deadline)
	}
}

// graceTime gives checks that end with their context the time to report more than the timeout.
const graceTime = 100 * time.Millisecond

func (s Subject) probes() []probe {
	probes := []probe{
		{name: "version", run: s.version},
		{name: "user", run: s.user},
		{name: "config", run: s.config},
		{name: "discovery", run: s.discovery},
	}
	for _, store := range s.Stores {
		probes = append(probes, s.ofStore(store)...)
	}
	return append(probes,
		probe{name: "process-probe", run: s.processProbe},
		probe{name: "database-locks", run: s.databaseLocks},
		probe{name: "clock", run: s.clock},
		probe{name: "machine", run: s.machine},
		probe{name: "state-dir", run: s.stateDir},
		probe{name: "state-locks", run: s.stateLocks},
		probe{name: "state-files", run: s.stateFiles},
		probe{name: "history", run: s.history},
		probe{name: "instance", run: s.instance},
		probe{name: "login-item", run: s.loginItem},
		probe{name: "desktop-session", run: s.desktopSession},
		probe{name: "desktop", run: s.desktop},
	)
}

// one returns a single check. It ends the detail with exactly one full stop; error texts of Windows already have one.
func one(name string, result Result, format string, args ...any) []Check {
	return []Check{{Name: name, Result: result, Detail: strings.TrimRight(fmt.Sprintf(format, args...), ".") + "."}}
}

// skipped returns a check that could not be made.
func skipped(name, why string) []Check {
	return []Check{{Name: name, Result: Warn, Detail: "Not checked: " + why + ".", Skipped: true}}
}

// Failed reports whether Lockbar cannot do its work.
func Failed(checks []Check) bool {
	return slices.ContainsFunc(checks, func(c Check) bool { return c.Result == Fail })
}
