package testfs

import "os"

// LongVariable selects the long form of tests with many rounds, seeds or faults. The gate sets it.
const LongVariable = "LOCKBAR_LONG"

// Long reports whether tests run in their long form.
func Long() bool { return os.Getenv(LongVariable) != "" }

// Rounds returns a number of rounds: usual, or long if tests run in their long form.
func Rounds(usual, long int) int {
	if Long() {
		return long
	}
	return usual
}
