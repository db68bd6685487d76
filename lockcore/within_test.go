package lockcore_test

import (
	"testing"
	"testing/synctest"
	"time"

	"lockbar/lockcore"
)

func TestWithin(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]bool{
		dir: true, dir + "/a/b": true, dir + "/x/../a": true, dir + "/..": false, dir + "x": false, dir + "/../a": false, "/": false,
	} {
		if got := lockcore.Within(path, dir); got != want {
			t.Errorf("%s in %s: %v", path, dir, got)
		}
	}
}

// TestUnansweredQuestion: a dead mount holds up no command for ever.
func TestUnansweredQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dead := make(chan bool)
		start := time.Now()
		if lockcore.InTime(func() bool { return <-dead }) {
			t.Error("no answer is taken for a yes")
		}
		if took := time.Since(start); took != lockcore.ReadTimeout {
			t.Errorf("it took %v", took)
		}
		dead <- true
		if !lockcore.InTime(func() bool { return true }) {
			t.Error("the answer was yes")
		}
	})
}
