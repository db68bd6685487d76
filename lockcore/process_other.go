//go:build !linux && !darwin && !windows

package lockcore

import "time"

// probe knows no way here to tell who has a PID, so nothing is ever proven stale.
func probe(int) (Process, []string) { return Process{}, nil }

// environment is not known on this system.
func environment(int) (env []string, whole bool) { return nil, false }

// eachDaemon knows no way to list processes on this system.
func eachDaemon(func(Process, claim)) {}

// BootTime is not known on this system.
func BootTime() time.Time { return time.Time{} }

// bootID: this system has none that we know.
func bootID() string { return "" }
