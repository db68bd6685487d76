package lockcore

import (
	"os"
	"testing"
	"testing/synctest"
	"time"
)

func TestParseLifecycle(t *testing.T) {
	since := time.Date(2026, 11, 22, 11, 20, 0, 0, time.UTC)
	for _, test := range []struct {
		name, in string
		want     Lifecycle
	}{
		{"ISO", `{"current_state":"SLEEP","since_ts":"2026-11-22T11:20:00+00:00","last_activity_ts":"2026-11-22T12:20:00.000000+01:00"}`,
			Lifecycle{Asleep, since, since}},
		{"ISO without a zone", `{"current_state":"WAKE","since_ts":"2026-11-22T11:20:00"}`, Lifecycle{State: Awake, Since: since}},
		{"seconds", `{"current_state":"HIBERNATION","since_ts":1795346400,"last_activity_ts":1795346400.5, "more":[NaN]}`,
			Lifecycle{Hibernating, since, since.Add(500 * time.Millisecond)}},
		{"odd times", `{"current_state":"DROWSY","since_ts":-1,"last_activity_ts":"yesterday"}`, Lifecycle{State: Drowsy}},
		{"times of other kinds", `{"current_state":"DROWSY","since_ts":true,"last_activity_ts":{}}`, Lifecycle{State: Drowsy}},
		{"milliseconds, infinity", `{"current_state":"DROWSY","since_ts":1795346400000,"last_activity_ts":Infinity}`, Lifecycle{State: Drowsy}},
		{"a new state", `{"current_state":"DREAM","since_ts":1795346400}`, Lifecycle{}},
		{"no state", `{"since_ts":1795346400}`, Lifecycle{}},
		{"a number for a state", `{"current_state":1}`, Lifecycle{}},
		{"not JSON", `WAKE`, Lifecycle{}},
		{"nothing", ``, Lifecycle{}},
	} {
		if got := parseLifecycle([]byte(test.in)); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

// TestLifecycleOfAStuckStore checks that the lifecycle is read. While a read of its file hangs, the lifecycle must be unknown, no second
// read may start, and the lock must still be read.
func TestLifecycleOfAStuckStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(t.TempDir(), Options{})
		noError(t, err)
		noError(t, os.WriteFile(s.path(lifecycleName), []byte(`{"current_state":"WAKE"}`), 0o600))
		if got := s.Lifecycle(t.Context()).State; got != Awake {
			t.Errorf("the lifecycle is %q", got)
		}
		s.lifecycleSlot <- struct{}{}
		began := time.Now()
		if got := s.Lifecycle(t.Context()); got != (Lifecycle{}) || time.Since(began) < ReadTimeout {
			t.Errorf("%+v after %v", got, time.Since(began))
		}
		if got := s.Look(Memory{}, nil); got.State != Unlocked {
			t.Errorf("the store is %s, %s", got.State, got.Reason)
		}
	})
}

// TestHungStateDir checks that a hanging state directory is waited for once, and read again when it answers.
func TestHungStateDir(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(t.TempDir(), Options{StateDir: t.TempDir()})
		noError(t, err)
		waited := func() time.Duration {
			began := time.Now()
			s.LastBackup()
			return time.Since(began)
		}
		release := s.BlockState()
		if first, second := waited(), waited(); first != ReadTimeout/2 || second != 0 {
			t.Errorf("waited for %v and %v", first, second)
		}
		release()
		waited()
		if s.stateStuck.Load() {
			t.Error("still counts as stuck")
		}
	})
}
