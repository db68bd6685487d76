//go:build unix

package lockcore_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"lockbar/internal/fsx"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// daemonGuard does with the guard what today's daemons do.
const daemonGuard = `
import errno, fcntl, os, sys
fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
try:
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    print("taken", flush=True)
except OSError as e:
    print("busy" if e.errno in (errno.EWOULDBLOCK, errno.EAGAIN) else e, flush=True)
sys.stdin.read()
`

// tryGuard starts a process that tries to take the guard, and returns it with its answer.
func tryGuard(t *testing.T, s *lockcore.Store) (*child, string) {
	python, err := exec.LookPath("python3")
	if err != nil {
		skipUnlessCI(t, "no python3")
	}
	c := startCommand(t, exec.Command(python, "-c", daemonGuard, s.LockPath()+".guard"))
	return c, c.hear()
}

// tryGuardHere tries to take the guard as another process would, but quicker: a lock belongs to the open file.
func tryGuardHere(t *testing.T, s *lockcore.Store) (release func(), err error) {
	t.Helper()
	f, err := fsx.OpenLock(s.LockPath() + ".guard")
	if err != nil {
		t.Fatal(err)
	}
	return func() { f.Close() }, fsx.TryLock(f)
}

func holdGuard(t *testing.T, s *lockcore.Store) (release func()) {
	t.Helper()
	release, err := tryGuardHere(t, s)
	if err != nil {
		t.Fatal(err)
	}
	return release
}

// TestGuardKeepsUsOut checks that nothing changes while a daemon has the guard.
func TestGuardKeepsUsOut(t *testing.T) {
	s := newStore(t)
	ours, err := acquire(s)
	if err != nil {
		t.Fatal(err)
	}
	data := of(host, deadPID).Encode()
	write(t, s, data)
	release := holdGuard(t, s)
	for name, change := range map[string]func(context.Context) error{
		"unlock": func(ctx context.Context) error {
			_, err := s.ForceUnlock(ctx, lockcore.Snapshot{Token: lockcore.TokenOf(data)}, lockcore.Memory{}, true)
			return err
		},
		"acquire": func(ctx context.Context) error {
			_, err := s.Acquire(ctx, s.Look(lockcore.Memory{}, nil), lockcore.Memory{}, false)
			return err
		},
		"restore": func(ctx context.Context) error {
			_, err := s.Restore(ctx, lockcore.Backup{}, lockcore.Memory{})
			return err
		},
		"copies": func(ctx context.Context) error {
			_, err := s.SetAside(ctx, lockcore.Snapshot{}, lockcore.Memory{})
			return err
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
	var lost *lockcore.Error
	if err := ours.Release(background); !asError(err, lockcore.ErrLost, &lost) || lost.Now.Record.PID != deadPID {
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

// TestGuardKeepsDaemonsOut checks that we have the guard at every step of every change, and release it afterwards.
func TestGuardKeepsDaemonsOut(t *testing.T) {
	for _, o := range operations() {
		if len(o.lacking) > 0 || o.race != "" {
			continue
		}
		s := o.prepare(t)
		var l *lockcore.Lock
		if o.name == "release" {
			var err error
			if l, err = acquire(s); err != nil {
				t.Fatal(err)
			}
		}
		asked := 0
		s.OnStep(func(step string) {
			if step == "guard-opened" {
				return // from here on a change waits for the guard
			}
			asked++
			release, err := tryGuardHere(t, s)
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

// TestDaemonAsksForTheGuard checks what a daemon gets during a change, and after it.
func TestDaemonAsksForTheGuard(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	s.OnStep(once("backed-up", func() {
		c, answer := tryGuard(t, s)
		if answer != "busy" {
			t.Errorf("the guard is %s", answer)
		}
		c.kill()
	}))
	if _, err := acquire(s); err != nil {
		t.Fatal(err)
	}
	c, answer := tryGuard(t, s)
	if answer != "taken" {
		t.Errorf("the guard is %s", answer)
	}
	c.kill()
}

// TestGuardOfAStoreMadeAnew checks that a process that waits for the guard waits for the new file if the store was created again.
func TestGuardOfAStoreMadeAnew(t *testing.T) {
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

// TestGuardThatIsALink checks that a guard that is a link, as a sync engine may bring one, is not followed.
func TestGuardThatIsALink(t *testing.T) {
	testfs.Need(t, testfs.Symlinks)
	s := newStore(t)
	target := filepath.Join(filepath.Dir(s.Dir()), "target")
	noError(t, os.Symlink(target, s.LockPath()+".guard"))
	if _, err := acquire(s); err == nil {
		t.Error("acquired")
	}
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its target was made: %v", err)
	}
}

// TestGuardExcludesGoroutines checks that two goroutines of one process, each with its own Store, exclude each other.
func TestGuardExcludesGoroutines(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	s.OnStep(once("backed-up", func() {
		ctx, cancel := context.WithCancel(background)
		defer cancel()
		other := mustOpen(s.Dir(), "")
		other.OnStep(once("guard-opened", cancel))
		_, err := other.Acquire(ctx, other.Look(lockcore.Memory{}, nil), lockcore.Memory{}, false)
		if !errors.Is(err, lockcore.ErrGuardBusy) {
			t.Errorf("in the middle of a takeover: %v", err)
		}
	}))
	if _, err := acquire(s); err != nil {
		t.Fatal(err)
	}
}
