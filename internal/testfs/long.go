package testfs

import "os"

// LongVariable asks for the long form of tests that take many rounds, seeds or faults. The gate sets it.
const LongVariable = "LOCKBAR_LONG"

// Long reports whether tests run in their long form.
func Long() bool { return os.Getenv(LongVariable) != "" }

// Rounds returns how often a test repeats a race or a random schedule: usual, or long in the long form.
func Rounds(usual, long int) int {
	if Long() {
		return long
	}
	return usual
}
