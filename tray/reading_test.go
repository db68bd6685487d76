package tray

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/icons"
	"lockbar/internal/config"
	"lockbar/internal/fsx"
	"lockbar/internal/service"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// slowSettings holds settings on a mount that hangs while no answer is stored.
type slowSettings struct{ atomic.Pointer[answer] }

func (s *slowSettings) read(string) answer {
	if a := s.Load(); a != nil {
		return *a
	}
	time.Sleep(fsx.ReadTimeout)
	return answer{timedOut: true}
}

// TestSettingsThatHang checks that settings that hang from the start delay no icon, and a message only until the first read times out.
// Meanwhile the last settings apply; new ones apply when they arrive.
func TestSettingsThatHang(t *testing.T) {
	takeover := func(r *rig, n int) {
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: n, Hostname: fmt.Sprint("mac-", n)}))
	}
	wantMessage := func(t *testing.T, r *rig, want time.Duration) {
		t.Helper()
		began := time.Now()
		<-r.messages
		if waited := time.Since(began); waited > want {
			t.Errorf("sent after %v, want %v", waited, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		var slow slowSettings
		r := newRigReading(t, 1, slow.read) // hangs from the start
		r.saw(0, watch.Initial, lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini))
		if v, _, _ := r.display.now(); v.Icon != icons.Contested || len(r.messages) != 0 {
			t.Errorf("icon %v, %d sent before the settings could be known", v.Icon, len(r.messages))
		}
		wantMessage(t, r, fsx.ReadTimeout)
		r.shows(t, "Settings cannot be read now")
		takeover(r, 1)
		wantMessage(t, r, 0)
		time.Sleep(settingsPause)
		takeover(r, 2) // during the retry
		wantMessage(t, r, 0)
		paused := choicesOf(config.Default())
		paused.PausedUntil = time.Now().Add(time.Hour)
		slow.Store(&answer{choices: paused})
		time.Sleep(settingsPause + fsx.ReadTimeout)
		r.shows(t, "paused until")
		takeover(r, 3)
		r.silent(t, "during a pause")
		slow.Store(nil)
		takeover(r, 4)
		time.Sleep(settingsPause)
		r.silent(t, "during a pause")
	})
}

// TestSettingsHangLater checks that a message waits for the settings for settingsTime at most, and not at all while they are known to
// hang.
func TestSettingsHangLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var slow slowSettings
		slow.Store(&answer{choices: choicesOf(config.Default())})
		r := newRigReading(t, 1, slow.read)
		time.Sleep(fsx.ReadTimeout)
		slow.Store(nil)
		for n, want := range []time.Duration{settingsTime, 0, 0} {
			began := time.Now()
			r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: n + 1, Hostname: fmt.Sprint("mac-", n)}))
			if <-r.messages; time.Since(began) > want {
				t.Errorf("message %d was sent after %v, want %v", n, time.Since(began), want)
			}
			time.Sleep(fsx.ReadTimeout)
		}
	})
}

// TestPauseBeforeTheFirstAnswer checks that no message is sent before the settings are known: here they say that notifications are paused.
func TestPauseBeforeTheFirstAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		paused := choicesOf(config.Default())
		paused.PausedUntil = time.Now().Add(time.Hour)
		r := newRigReading(t, 1, func(string) answer {
			time.Sleep(fsx.ReadTimeout / 2)
			return answer{choices: paused}
		})
		r.saw(0, watch.Initial, lock(lockcore.Corrupt, lockcore.NotJSON, lockcore.Record{}))
		time.Sleep(fsx.ReadTimeout)
		r.silent(t, "during a pause")
	})
}

// TestPauseDuringAStorm checks that settings apply although changes come faster than they are read.
func TestPauseDuringAStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var settings atomic.Pointer[answer]
		settings.Store(&answer{choices: choicesOf(config.Default())})
		const slow = settingsTime / 4
		r := newRigReading(t, 1, func(string) answer {
			a := *settings.Load()
			time.Sleep(slow)
			return a
		})
		states := []lockcore.Snapshot{lock(lockcore.HeldElsewhere, "", mini), noLock(lockcore.Unlocked, "")}
		storm := func() {
			for n := range 20 {
				r.saw(0, watch.LockChanged, states[n%2])
				time.Sleep(slow / 2)
			}
		}
		storm()
		paused := choicesOf(config.Default())
		paused.PausedUntil = time.Now().Add(time.Hour)
		settings.Store(&answer{choices: paused})
		storm()
		r.shows(t, "paused until")
	})
}

// TestStaleWaitsForTheServiceToo checks that a stale lock is reported only after the delay of the service that restarts the daemon. If the
// service cannot be read, the delay that was read last counts.
func TestStaleWaitsForTheServiceToo(t *testing.T) {
	const wait = 30 * time.Second
	synctest.Test(t, func(t *testing.T) {
		services := []*service.Installed{{Restart: wait}, nil}
		r := newRigReading(t, 1, func(string) answer {
			a := answer{choices: choicesOf(config.Default()), service: services[0]}
			services = services[len(services)-1:]
			return a
		})
		r.saw(0, watch.Initial, lock(lockcore.Stale, lockcore.ProcessGone, ours))
		time.Sleep(notify.Grace + wait - time.Millisecond)
		r.silent(t, "too early")
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if len(r.messages) != 1 {
			t.Errorf("sent %d messages", len(r.messages))
		}
	})
}

// TestServiceIsReadWhenItCounts checks that the services are read only when they matter: reading twenty takes a millisecond.
func TestServiceIsReadWhenItCounts(t *testing.T) {
	none := noLock(lockcore.Unlocked, "")
	for _, test := range []struct {
		name string
		demo bool
		mute bool
		to   lockcore.Snapshot
		want bool
	}{
		{"start", false, true, none, true},
		{"event", false, false, none, false},
		{"stale", false, false, lock(lockcore.Stale, lockcore.ProcessGone, ours), true},
		{"contested", false, false, lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini), true},
		{"demo", true, true, none, false},
	} {
		l := newLoop(Config{Demo: test.demo}, newLogs(io.Discard, true))
		l.mute, l.queued = test.mute, []watch.Change{{To: test.to}}
		l.readSettings = func(_ string, service bool) answer {
			if service != test.want {
				t.Errorf("%s: %v", test.name, service)
			}
			return answer{}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		l.startSettingsRead(ctx)
		l.work.Wait()
	}
}
