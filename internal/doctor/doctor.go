// Package doctor checks everything that Lockbar stands on, for people and for bug reports, and words the details of each store. It
// changes nothing: the one file that it writes, in the state directory if that is there, it removes again. Each check has a
// deadline of its own, and all run side by side, so that a dead mount or a hung service shows as one bad line.
//
// No two checks tell the same fact, and no two name the same path: the store and the state directory have one check each that says
// where they are.
//
// A check fails only where Lockbar cannot do its work; what works worse, or wants somebody's attention, is a warning.
package doctor

import (
	"context"
	"fmt"
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

// Check is one line.
type Check struct {
	Name   string `json:"name"` // kebab-case, stable
	Result Result `json:"status"`
	Detail string `json:"detail"` // one sentence: what is, and what to do where that is not well
	// Skipped means that it could not be made, for a reason that another check tells. It is no warning of its own, and nothing passed.
	Skipped bool `json:"-"`
}

// Subject holds what is checked.
type Subject struct {
	Stores   []*lockcore.Store
	Origins  map[string]string // of each store's directory: how it was found
	Doubts   []string          // why another store may be meant
	StateDir string            // this machine's; empty where the system has no place for it
	Place    state.Dir         // where that lies, and whose it is
	Version  string            // of Lockbar
	// Commands are those that mean this store.
	Commands func(store string) words.Commands
}

// deadline of each check: a look at a lock takes at most 2 s, a bus is greeted within 5.
const deadline = 6 * time.Second

// probe is one or several checks that are made together.
type probe struct {
	name string // of the check that says that there was no answer
	run  func(context.Context) []Check
}

// Run makes all checks, in a stable order. It takes no longer than its slowest check, and that no longer than the deadline; a
// check that is stuck in the kernel is left behind.
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
		checks = append(checks, p.wait(ctx, results[i])...)
	}
	return checks
}

// wait takes an answer that is there even when the time is over.
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
		return one(p.name, Warn, "This check did not end within %v; what it looks at hangs", deadline)
	}
}

// graceTime is for checks that end with their context: they say more than that the time is over.
const graceTime = 100 * time.Millisecond

func (s Subject) probes() []probe {
	probes := []probe{
		{"version", s.version},
		{"user", s.user},
		{"config", s.config},
		{"discovery", s.discovery},
	}
	for _, store := range s.Stores {
		probes = append(probes, s.ofStore(store)...)
	}
	return append(probes,
		probe{"process-probe", s.processProbe},
		probe{"database-locks", s.databaseLocks},
		probe{"clock", s.clock},
		probe{"machine", s.machine},
		probe{"state-dir", s.stateDir},
		probe{"state-locks", s.stateLocks},
		probe{"state-files", s.stateFiles},
		probe{"history", s.history},
		probe{"instance", s.instance},
		probe{"login-item", s.loginItem},
		probe{"desktop-session", s.desktopSession},
		probe{"desktop", s.desktop},
	)
}

// one returns a check with a sentence. It gets its full stop here, which what Windows says has already.
func one(name string, result Result, format string, args ...any) []Check {
	return []Check{{Name: name, Result: result, Detail: strings.TrimRight(fmt.Sprintf(format, args...), ".") + "."}}
}

// skipped returns a check that could not be made.
func skipped(name, why string) []Check {
	return []Check{{Name: name, Result: Warn, Detail: "Not checked: " + why + ".", Skipped: true}}
}

// Failed reports whether Lockbar cannot do its work.
func Failed(checks []Check) bool {
	for _, c := range checks {
		if c.Result == Fail {
			return true
		}
	}
	return false
}
