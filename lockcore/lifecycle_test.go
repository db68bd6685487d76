package lockcore

import (
	"os"
	"path/filepath"
	"strings"
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

func TestLifecycleIsReadAsLocksAre(t *testing.T) {
	const good = `{"current_state":"WAKE"}`
	for _, test := range []struct {
		name string
		make func(path string) error
		want string
	}{
		{"a file", func(p string) error { return os.WriteFile(p, []byte(good), 0o600) }, Awake},
		{"none", func(string) error { return nil }, ""},
		{"a directory", func(p string) error { return os.Mkdir(p, 0o700) }, ""},
		{"large", func(p string) error {
			return os.WriteFile(p, []byte(good+strings.Repeat(" ", maxLifecycleSize)), 0o600)
		}, ""},
	} {
		s, err := Open(t.TempDir(), Options{})
		noError(t, err)
		noError(t, test.make(filepath.Join(s.Dir(), lifecycleName)))
		if got := s.Lifecycle(t.Context()).State; got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestLifecycleOfAStuckStore checks that while a read of the lifecycle file hangs, the lifecycle is unknown, no second read starts,
// and the lock is still read.
func TestLifecycleOfAStuckStore(t *testing.T) {
	synctest.Test(t, stuck)
}

func stuck(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	noError(t, err)
	s.lifecycleSlot <- struct{}{}
	ctx := t.Context()
	began := time.Now()
	if got := s.Lifecycle(ctx); got != (Lifecycle{}) || time.Since(began) < ReadTimeout {
		t.Errorf("%+v after %v", got, time.Since(began))
	}
	if got := s.Look(Memory{}, nil); got.State != Unlocked {
		t.Errorf("the store is %s, %s", got.State, got.Reason)
	}
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
