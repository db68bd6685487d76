package lockcore_test

import (
	"flag"
	"testing"

	"lockbar/lockcore"
)

func init() { lockcore.ModelInFull = thorough }

const (
	usualRounds = 50
	// allRounds is what a release is tested with: go test ./lockcore -lockcore.rounds=500
	allRounds = 500
)

var askedRounds = flag.Int("lockcore.rounds", usualRounds, "rounds of the tests that race processes; the others are scaled alike")

// raceRounds is how often processes race. What is not thorough (see there) runs for a quarter.
func raceRounds() int {
	if testing.Short() || !thorough {
		return max(1, *askedRounds/4)
	}
	return *askedRounds
}

// everything reports whether also those cases are run that differ little from others.
func everything() bool { return raceRounds() >= allRounds }
