package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// TestMain is also the holder's main function: the demo starts its own executable as the holder.
func TestMain(m *testing.M) {
	if len(os.Args) == 2+HolderArgs && os.Args[1] == HolderCommand {
		if err := Hold(context.Background(), os.Args[2:], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	testfs.Together(stories)
	os.Exit(m.Run())
}

// stories is the number of stories that may run at the same time. They mostly wait for a store to settle.
const stories = 10

// clicks maps the menu's actions on a lock to functions. They ignore a refusal: the menu would not offer such an action.
var clicks = map[string]func(context.Context, *lockcore.Store){
	"nothing": func(context.Context, *lockcore.Store) {},
	"Force Unlock": func(ctx context.Context, s *lockcore.Store) {
		s.ForceUnlock(ctx, s.Inspect(ctx, lockcore.Memory{}), lockcore.Memory{}, false)
	},
	"Remove the Lock": func(ctx context.Context, s *lockcore.Store) {
		s.ForceUnlock(ctx, s.Inspect(ctx, lockcore.Memory{}), lockcore.Memory{}, true)
	},
	"Undo": func(ctx context.Context, s *lockcore.Store) {
		if last, ok := s.LastBackup(); ok && last.Kind == lockcore.BackupUnlock {
			s.Restore(ctx, last, lockcore.Memory{})
		}
	},
	"Set Aside": func(ctx context.Context, s *lockcore.Store) {
		s.SetAside(ctx, s.Inspect(ctx, lockcore.Memory{}), lockcore.Memory{})
	},
	"Remove the Lock and Undo": func(ctx context.Context, s *lockcore.Store) {
		s.ForceUnlock(ctx, s.Inspect(ctx, lockcore.Memory{}), lockcore.Memory{}, true)
		s.Restore(ctx, lockcore.Backup{}, lockcore.Memory{})
	},
}

// intrusions returns what can happen to the store before an act: the clicks, and changes that no user should make.
func intrusions() map[string]func(context.Context, *lockcore.Store) {
	all := maps.Clone(clicks)
	all["delete the store"] = func(_ context.Context, s *lockcore.Store) { os.RemoveAll(s.Dir()) }
	all["put a directory there"] = func(_ context.Context, s *lockcore.Store) {
		os.RemoveAll(s.LockPath())
		os.MkdirAll(s.LockPath(), 0o700)
	}
	return all
}

// TestStoryGoesOnWhateverIsClicked tests that each act reaches its state although an intrusion precedes it. The short form tries one
// intrusion before each act, in turn; the long form tries all of them.
func TestStoryGoesOnWhateverIsClicked(t *testing.T) {
	t.Parallel()
	all := intrusions()
	names := slices.Sorted(maps.Keys(all))
	for first := range testfs.Rounds(1, len(names)) {
		t.Run("first "+names[first], func(t *testing.T) {
			t.Parallel()
			s := newTestStage(t)
			next := 0
			s.config.Say = func(text string) {
				t.Log(text)
				if next == len(acts) || text != s.narration(&acts[next]) {
					return
				}
				s.mustHaveReached(t, next-1)
				name := names[(first+next)%len(names)]
				t.Log(name)
				all[name](t.Context(), s.store)
				next++
			}
			testfs.Check(t, s.show(t.Context()))
			s.mustHaveReached(t, len(acts)-1)
			if next != len(acts) {
				t.Errorf("%d of %d acts were narrated", next, len(acts))
			}
		})
	}
}

// newTestStage returns a stage without pauses, in a temporary directory of the test.
func newTestStage(t *testing.T) *stage {
	t.Helper()
	s, err := newStage(t.TempDir(), Config{Hostname: "studio", Version: "test", Say: func(text string) { t.Log(text) }, Event: func(watch.Change) {}})
	testfs.Check(t, err)
	t.Cleanup(s.clear)
	return s
}

func (s *stage) mustHaveReached(t *testing.T, act int) {
	t.Helper()
	if act < 0 {
		return
	}
	now := s.look(t.Context())
	if !acts[act].reached(&now) {
		t.Errorf("after act %d the store is %v (%s), want %v (%s)", act, now.State, now.Reason, acts[act].want, acts[act].why)
	}
	if act == announcedAlive && !now.HolderAlive {
		t.Errorf("after act %d the other machine does not announce that the holder runs: %+v", act, now.Peers.List())
	}
	if acts[act].both && !s.other.hears(t.Context()) {
		t.Errorf("after act %d the other machine does not know that two daemons run: %+v", act, now.Peers.List())
	}
}

// announcedAlive is the act after which the other machine announces that the holder of the lock runs there.
const announcedAlive = 4

// TestClickAtTheSameTime tests that the story reaches its end despite a click during each act. Remove the Lock undoes what acts do to the
// lock, and Undo puts back a lock that an act removed.
func TestClickAtTheSameTime(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Remove the Lock", "Undo"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTestStage(t)
			var clicked sync.WaitGroup
			var told []string
			s.config.Say = func(text string) {
				t.Log(text)
				if slices.ContainsFunc(acts, func(a act) bool { return s.narration(&a) == text }) {
					told = append(told, text)
					clicked.Go(func() { clicks[name](t.Context(), s.store) })
				}
			}
			err := s.show(t.Context())
			clicked.Wait()
			if err != nil || len(told) != len(acts) {
				t.Errorf("show: %v after %d of %d acts", err, len(told), len(acts))
			}
			s.mustHaveReached(t, len(acts)-1)
		})
	}
}

// TestStoryWithoutAnnouncements tests that the wait for our announcement ends, and that the story says so, if nothing is announced.
func TestStoryWithoutAnnouncements(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestStage(t)
		var told []string
		s.config.Say = func(text string) { told = append(told, text) }
		testfs.Check(t, s.linger(t.Context(), &act{both: true}))
		if len(told) != 1 || !strings.Contains(told[0], "Tell Other Computers") {
			t.Errorf("told %q", told)
		}
	})
}

// TestFailedAct tests that an act is left out if lockcore always refuses it, and that any other failure of all tries ends the story.
func TestFailedAct(t *testing.T) {
	broken := errors.New("the disk is broken")
	for _, test := range []struct {
		name     string
		failures []error // of the first tries
		want     error
		without  bool // the story goes on without the act
	}{
		{"changed once", []error{lockcore.ErrChanged}, nil, false},
		{"busy twice", []error{lockcore.ErrGuardBusy, lockcore.ErrGuardBusy}, nil, false},
		{"busy always", slices.Repeat([]error{lockcore.ErrGuardBusy}, tries), nil, true},
		{"broken", slices.Repeat([]error{broken}, tries), broken, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestStage(t)
			s.now.To = s.look(t.Context())
			var told strings.Builder
			s.config.Say = func(text string) { told.WriteString(text) }
			tried := 0
			a := act{from: []lockcore.State{lockcore.Unlocked}, want: lockcore.Unlocked, do: func(context.Context, *stage) error {
				tried++
				if tried <= len(test.failures) {
					return &lockcore.Error{Op: "unlock", Err: test.failures[tried-1]}
				}
				return nil
			}}
			if err := s.perform(t.Context(), []act{a}); !errors.Is(err, test.want) {
				t.Errorf("perform: %v, want %v", err, test.want)
			}
			if want := min(len(test.failures)+1, tries); tried != want {
				t.Errorf("tried %d times, want %d", tried, want)
			}
			if strings.Contains(told.String(), "goes on") != test.without {
				t.Errorf("told %q", told.String())
			}
		})
	}
}

// byMenu lists the acts that a click in the menu does too.
var byMenu = []int{10, 11, 16}

// TestPlanOfEveryAct tests that a retry never does an act without setting its scene, that an act is skipped only if a click has done it,
// and that each act can follow the previous one directly.
func TestPlanOfEveryAct(t *testing.T) {
	for i := range acts {
		a := &acts[i]
		for _, now := range lockcore.States() {
			if got := plan(a, now, true); got == doIt {
				t.Errorf("act %d is retried in %v without its scene", i, now)
			}
			got := plan(a, now, false)
			if done := now == a.want && slices.Contains(byMenu, i); done != (got == doneAlready) {
				t.Errorf("act %d in %v: plan returns %v", i, now, got)
			}
		}
		if i > 0 && plan(a, acts[i-1].want, false) != doIt {
			t.Errorf("act %d is not done after act %d", i, i-1)
		}
	}
}

func TestAbout(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "a few seconds", 36 * time.Second: "about 40 seconds", time.Minute: "about a minute", 90 * time.Second: "about a minute and a half",
		length(acts, 1): "about 2 minutes",
	} {
		if got := about(d); got != want {
			t.Errorf("%v in words is %q, want %q", d, got, want)
		}
	}
}
