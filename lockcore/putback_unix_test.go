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

// deprived holds a store whose lock is gone, although the daemon that was seen to hold it still runs.
type deprived struct {
	*lockcore.Store
	memory lockcore.Memory
	lock   []byte
	daemon *child
}

// deprive returns a deprived store whose lock has been gone for age.
func deprive(t *testing.T, age time.Duration) *deprived {
	t.Helper()
	d := &deprived{Store: newStore(t)}
	d.daemon = daemon(t, d.Dir())
	d.lock = append(of(host, d.daemon.pid()).Encode(), " \n"...) // not as we would write it
	write(t, d.Store, d.lock)
	d.memory = lockcore.Memory{}.Next(inspect(d.Store), time.Now())
	noError(t, os.Remove(d.LockPath()))
	d.memory.GoneSince, d.memory.Shared = time.Now().Add(-age), true
	put(t, filepath.Join(d.Dir(), "config.json"), []byte("{}")) // what daemons keep beside the lock
	return d
}

// reportNone makes the daemon's state file name no daemon, as a daemon does before it ends.
func (d *deprived) reportNone(t *testing.T) {
	put(t, filepath.Join(d.Dir(), ".daemon-state.json"), []byte(`{"daemon_pid":null}`))
}

// TestLockIsReturned checks that a daemon that lost its lock gets the very same bytes back, once.
func TestLockIsReturned(t *testing.T) {
	t.Parallel()
	d := deprive(t, lockcore.MissingAfter)
	note, err := d.PutBack(background, d.memory)
	noError(t, err)
	if got := mustRead(t, d.Store); !bytes.Equal(got, d.lock) {
		t.Errorf("the lock is %q, want %q", got, d.lock)
	}
	wantState(t, "put back", d.Inspect(background, d.memory), lockcore.HeldHere, "")
	if last, ok := d.LastBackup(); !ok || last != note || last.Kind != lockcore.BackupRestore {
		t.Errorf("the note is %+v, want %+v", last, note)
	}
	noError(t, os.Remove(d.LockPath()))
	if _, err := d.PutBack(background, d.memory); !errors.Is(err, lockcore.ErrChanged) {
		t.Errorf("a second time: %v", err)
	}
}

// TestLockIsReturnedLate checks that a daemon that may be about to end, since its state file names none, gets its lock back once it has run
// on for longer than a shutdown may take.
func TestLockIsReturnedLate(t *testing.T) {
	t.Parallel()
	d := deprive(t, 100*time.Second)
	d.reportNone(t)
	noError(t, errOf(d.PutBack(background, d.memory)))
	if got := mustRead(t, d.Store); !bytes.Equal(got, d.lock) {
		t.Errorf("the lock is %q, want %q", got, d.lock)
	}
}

// TestLockIsNotReturned checks the cases in which PutBack must not write the lock.
func TestLockIsNotReturned(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(t *testing.T, d *deprived)
	}{
		{"not for long", func(_ *testing.T, d *deprived) { d.memory.GoneSince = time.Now() }},
		{"it has ended", func(_ *testing.T, d *deprived) { d.daemon.kill() }},
		{"it may be about to end", func(t *testing.T, d *deprived) {
			d.reportNone(t)
			d.memory.GoneSince = time.Now().Add(-2 * lockcore.MissingAfter)
		}},
		{"it may be about to end, and nobody else was here", func(_ *testing.T, d *deprived) {
			d.memory.GoneSince, d.memory.Shared = time.Now().Add(-2*lockcore.MissingAfter), false
		}},
		{"the directory was created again", func(t *testing.T, d *deprived) { noError(t, os.Remove(filepath.Join(d.Dir(), "config.json"))) }},
		{"another machine had the lock since, and its daemon runs", func(t *testing.T, d *deprived) {
			d.memory.LastLock = theirs
			noError(t, d.Announce(lockcore.Announcement{Machine: "bbbbbbbbbbbbbbbb", Host: theirs.Hostname, Version: "1", At: time.Now(), Watching: true,
				Daemon: lockcore.DaemonID{PID: theirs.PID, StartedAt: theirs.StartedAt}}))
		}},
		{"its bytes are not known", func(_ *testing.T, d *deprived) { d.memory.OwnLock = "" }},
		{"we removed it", func(t *testing.T, d *deprived) {
			write(t, d.Store, d.lock)
			noError(t, errOf(d.ForceUnlock(background, d.Inspect(background, d.memory), d.memory, true)))
		}},
		{"there is a lock", func(t *testing.T, d *deprived) { write(t, d.Store, theirs.Encode()) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := deprive(t, time.Hour)
			c.change(t, d)
			before := mustRead(t, d.Store)
			if _, err := d.PutBack(background, d.memory); !errors.Is(err, lockcore.ErrChanged) {
				t.Errorf("%v", err)
			}
			if after := mustRead(t, d.Store); !bytes.Equal(before, after) {
				t.Errorf("the lock was %q and is %q", before, after)
			}
		})
	}
}
