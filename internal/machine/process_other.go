//go:build !linux && !darwin && !windows

package machine

import "time"

// probe returns nothing: this system has no known way to look up a PID, so nothing is ever proven stale.
func probe(int) Process { return Process{} }

// Environment returns nothing: there is no known way to read it on this system.
func Environment(int) (env []string, whole bool) { return nil, false }

// Candidates returns nothing: there is no known way to list processes on this system.
func Candidates([]string, func(string) bool) []int { return nil }

// BootTime returns the zero time, unknown.
func BootTime() time.Time { return time.Time{} }

// BootID returns "": this system has no known boot id.
func BootID() string { return "" }
