//go:build unix

package lockcore_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"

	"lockbar/internal/fsx"
	"lockbar/lockcore"
)

// tryGuard tries to take the guard as another process would. It needs no process, since flock(2) belongs to the open file.
func tryGuard(t *testing.T, s *lockcore.Store) (release func(), err error) {
	t.Helper()
	f, err := fsx.OpenLock(s.LockPath() + ".guard")
	noError(t, err)
	return func() { f.Close() }, fsx.TryLock(f)
}

func holdGuard(t *testing.T, s *lockcore.Store) (release func()) {
	t.Helper()
	release, err := tryGuard(t, s)
	noError(t, err)
	return release
}

// TestGuardKeepsUsOut checks that no change is made while another program has the guard.
func TestGuardKeepsUsOut(t *testing.T) {
	s := newStore(t)
	ours := mustAcquire(t, s)
	data := of(host, deadPID).Encode()
	write(t, s, data)
	release := holdGuard(t, s)
	for name, change := range map[string]func(context.Context) error{
		"unlock": func(ctx context.Context) error {
			return errOf(s.ForceUnlock(ctx, lockcore.Snapshot{Token: lockcore.TokenOf(data)}, lockcore.Memory{}, true))
		},
		"acquire": func(ctx context.Context) error {
			return errOf(s.Acquire(ctx, s.Look(lockcore.Memory{}, nil), lockcore.Memory{}, false))
		},
		"restore": func(ctx context.Context) error {
			return errOf(s.Restore(ctx, lockcore.Backup{}, lockcore.Memory{}))
		},
		"copies": func(ctx context.Context) error {
			return errOf(s.SetAside(ctx, lockcore.Snapshot{}, lockcore.Memory{}))
		},
		"release": func(ctx context.Context) error {
			write(t, s, ours.Record.Encode())
			defer write(t, s, data)
			return ours.Release(ctx)
		},
	} {
		ctx, cancel := context.WithCancel(background)
		s.OnStep(once("guard-opened", cancel))
		if err := change(ctx); !errors.Is(err, lockcore.ErrGuardBusy) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !bytes.Equal(mustRead(t, s), data) {
		t.Error("the lock was changed")
	}
	if err := ours.Release(background); errorOf(err, lockcore.ErrLost).Now.Record.PID != deadPID {
		t.Errorf("a lock that is plainly another's: %v", err)
	}
	done := make(chan error, 1)
	go func() { _, err := forceUnlock(s, lockcore.TokenOf(data), true); done <- err }()
	release()
	if err := <-done; err != nil {
		t.Errorf("after the guard was free: %v", err)
	}
	wantMode(t, s.LockPath()+".guard", 0o600)
}

// TestGuardKeepsDaemonsOut checks that we have the guard at every step of each operation, and release it afterwards. The guard keeps out
// even another open file of this process, so two Stores exclude each other.
func TestGuardKeepsDaemonsOut(t *testing.T) {
	for _, o := range operations() {
		if len(o.lacking) > 0 || o.race != "" {
			continue
		}
		s := o.prepare(t)
		l := toRelease(s, o.name)
		asked := 0
		s.OnStep(func(step string) {
			if step == "guard-opened" {
				return // the change does not have the guard yet
			}
			asked++
			release, err := tryGuard(t, s)
			if release(); !errors.Is(err, fsx.ErrLocked) {
				t.Errorf("%s at %s: the guard is free, %v", o, step, err)
			}
		})
		if err := operate(s, o.name, l); err != nil || asked == 0 {
			t.Errorf("%s: %v after %d steps", o, err, asked)
		}
		holdGuard(t, s)() // afterwards it is free
	}
}

// daemonGuard tries to take the guard for each line that it reads, as daemons that know the guard do.
const daemonGuard = `
import errno, fcntl, os, sys
for line in sys.stdin:
    fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        print("taken", flush=True)
    except OSError as e:
        print("busy" if e.errno in (errno.EWOULDBLOCK, errno.EAGAIN) else e, flush=True)
`

// TestDaemonAsksForTheGuard checks that a daemon cannot take the guard during a change, and can afterwards.
func TestDaemonAsksForTheGuard(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		skipUnlessCI(t, "no python3")
	}
	s := newStore(t)
	write(t, s, theirs.Encode())
	daemon := startCommand(t, exec.Command(python, "-c", daemonGuard, s.LockPath()+".guard"))
	s.OnStep(once("backed-up", func() { daemon.order("try", "busy") }))
	mustAcquire(t, s)
	daemon.order("try", "taken")
}

// TestGuardOfARecreatedStore checks that a change needs the lock of the new guard file if the store is created again while it waits.
func TestGuardOfARecreatedStore(t *testing.T) {
	s := newStore(t)
	data := of(host, deadPID).Encode()
	write(t, s, data)
	ctx, cancel := context.WithCancel(background)
	var release func()
	s.OnStep(once("guard-opened", func() {
		if err := os.Rename(s.LockPath()+".guard", s.LockPath()+".old"); err != nil {
			t.Error(err)
		}
		release = holdGuard(t, s)
		cancel()
	}))
	if _, err := s.ForceUnlock(ctx, lockcore.Snapshot{Token: lockcore.TokenOf(data)}, lockcore.Memory{}, false); !errors.Is(err, lockcore.ErrGuardBusy) {
		t.Errorf("while another program has the new guard: %v", err)
	}
	release()
	s.OnStep(once("guard-opened", func() {
		if err := os.Remove(s.LockPath() + ".guard"); err != nil {
			t.Error(err)
		}
	}))
	if _, err := forceUnlock(s, lockcore.TokenOf(data), false); err != nil {
		t.Errorf("when the guard is free: %v", err)
	}
	wantMode(t, s.LockPath()+".guard", 0o600)
}
