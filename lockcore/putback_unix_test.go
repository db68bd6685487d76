//go:build unix

package lockcore_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lockbar/lockcore"
)

// deprived returns a store whose daemon runs, was seen to hold the lock, and has had none for that long.
func deprived(t *testing.T, age time.Duration) (s *lockcore.Store, m lockcore.Memory, lock []byte, end func()) {
	t.Helper()
	s = newStore(t)
	d := daemon(t, s.Dir())
	lock = append(of(host, d.pid()).Encode(), " \n"...) // as no writer of ours makes it
	write(t, s, lock)
	m = lockcore.Memory{}.Next(s.Inspect(background, lockcore.Memory{}), time.Now())
	noError(t, os.Remove(s.LockPath()))
	m.GoneSince, m.Shared = time.Now().Add(-age), true
	put(t, filepath.Join(s.Dir(), "config.json"), []byte("{}")) // what daemons keep beside the lock
	return s, m, lock, d.kill
}

// TestLockIsReturned checks that the daemon that lost its lock gets the very same bytes back, once.
func TestLockIsReturned(t *testing.T) {
	t.Parallel()
	s, m, lock, _ := deprived(t, lockcore.MissingAfter)
	note, err := s.PutBack(background, m)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(s.LockPath()); err != nil || !bytes.Equal(got, lock) {
		t.Errorf("the lock is %q, %v, want %q", got, err, lock)
	}
	now := s.Inspect(background, m)
	if now.State != lockcore.HeldHere {
		t.Errorf("the store is %s", now.State)
	}
	if last, ok := s.LastBackup(); !ok || last != note || last.Kind != lockcore.BackupRestore {
		t.Errorf("the note is %+v, want %+v", last, note)
	}
	noError(t, os.Remove(s.LockPath()))
	if _, err := s.PutBack(background, m); !errors.Is(err, lockcore.ErrChanged) {
		t.Errorf("a second time: %v", err)
	}
}

// TestLockIsNotReturned checks that nothing is written for a daemon that may have released its lock, or was not the last holder.
func TestLockIsNotReturned(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(t *testing.T, s *lockcore.Store, m *lockcore.Memory, lock []byte, end func())
	}{
		{"not for long", func(_ *testing.T, _ *lockcore.Store, m *lockcore.Memory, _ []byte, _ func()) {
			m.GoneSince = time.Now()
		}},
		{"it has ended", func(_ *testing.T, _ *lockcore.Store, _ *lockcore.Memory, _ []byte, end func()) {
			end()
		}},
		{"it may be about to end", func(t *testing.T, s *lockcore.Store, m *lockcore.Memory, _ []byte, _ func()) {
			put(t, filepath.Join(s.Dir(), ".daemon-state.json"), []byte(`{"daemon_pid":null}`))
			m.GoneSince = time.Now().Add(-2 * lockcore.MissingAfter)
		}},
		{"it may be about to end, and nobody else was here", func(t *testing.T, s *lockcore.Store, m *lockcore.Memory, _ []byte, _ func()) {
			m.GoneSince, m.Shared = time.Now().Add(-2*lockcore.MissingAfter), false
		}},
		{"the directory was made again", func(t *testing.T, s *lockcore.Store, m *lockcore.Memory, _ []byte, _ func()) {
			noError(t, os.Remove(filepath.Join(s.Dir(), "config.json")))
		}},
		{"another machine had the lock since, and its daemon runs", func(t *testing.T, s *lockcore.Store, m *lockcore.Memory, _ []byte, _ func()) {
			m.LastLock = theirs
			word := lockcore.Announcement{Machine: "bbbbbbbbbbbbbbbb", Host: theirs.Hostname, Version: "1", At: time.Now(), Watching: true,
				Daemon: lockcore.DaemonID{PID: theirs.PID, StartedAt: theirs.StartedAt}}
			noError(t, s.Announce(word))
		}},
		{"its bytes are not known", func(_ *testing.T, _ *lockcore.Store, m *lockcore.Memory, _ []byte, _ func()) {
			m.OwnLock = ""
		}},
		{"we removed it", func(t *testing.T, s *lockcore.Store, m *lockcore.Memory, lock []byte, _ func()) {
			write(t, s, lock)
			if _, err := s.ForceUnlock(background, s.Inspect(background, *m), *m, true); err != nil {
				t.Fatal(err)
			}
		}},
		{"there is a lock", func(t *testing.T, s *lockcore.Store, _ *lockcore.Memory, _ []byte, _ func()) {
			write(t, s, theirs.Encode())
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, m, lock, end := deprived(t, time.Hour)
			c.change(t, s, &m, lock, end)
			before, _ := os.ReadFile(s.LockPath())
			if _, err := s.PutBack(background, m); !errors.Is(err, lockcore.ErrChanged) {
				t.Errorf("%v", err)
			}
			if after, _ := os.ReadFile(s.LockPath()); !bytes.Equal(before, after) {
				t.Errorf("the lock was %q and is %q", before, after)
			}
		})
	}
}
