//go:build !linux && !darwin && !windows

package machine

import "time"

// probe knows no way here to tell who has a PID, so nothing is ever proven stale.
func probe(int) Process { return Process{} }

// Environment is not known on this system.
func Environment(int) (env []string, whole bool) { return nil, false }

// Candidates knows no way to list processes on this system.
func Candidates([]string, func(string) bool) []int { return nil }

// BootTime is not known on this system.
func BootTime() time.Time { return time.Time{} }

// BootID returns nothing: this system has none that we know.
func BootID() string { return "" }
