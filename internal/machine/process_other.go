//go:build !linux && !darwin && !windows

package machine

import "time"

// These are the functions for systems on which Lockbar does not look at processes (the BSDs).

// probe returns nothing, so no lock of this computer is ever proven stale; another computer's may be, by its own report.
func probe(int) Process { return Process{} }

// Environment returns nothing.
func Environment(int) (env []string, whole bool) { return nil, false }

// Candidates returns nothing.
func Candidates([]string, func(string) bool) []int { return nil }

// BootTime returns the zero time, unknown.
func BootTime() time.Time { return time.Time{} }

// BootID returns "", unknown.
func BootID() string { return "" }
