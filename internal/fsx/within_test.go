package fsx_test

import (
	"testing"
	"testing/synctest"
	"time"

	"lockbar/internal/fsx"
)

func TestWithin(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]bool{
		dir: true, dir + "/a/b": true, dir + "/x/../a": true, dir + "/..": false, dir + "x": false, dir + "/../a": false, "/": false,
	} {
		if got := fsx.Within(path, dir); got != want {
			t.Errorf("%s in %s: %v", path, dir, got)
		}
	}
}

// TestUnansweredQuestion: a dead mount holds up no command for ever.
func TestUnansweredQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dead := make(chan bool)
		start := time.Now()
		if inTime(func() bool { return <-dead }) {
			t.Error("no answer is taken for a yes")
		}
		if took := time.Since(start); took != fsx.ReadTimeout {
			t.Errorf("it took %v", took)
		}
		dead <- true
		if !inTime(func() bool { return true }) {
			t.Error("the answer was yes")
		}
	})
}

// inTime is the answer to a question, or no where none comes in time.
func inTime(question func() bool) bool {
	yes, _ := fsx.InTime(make(chan struct{}, 1), fsx.ReadTimeout, question)
	return yes
}
