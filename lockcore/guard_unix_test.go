//go:build unix

package lockcore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"lockbar/lockcore"
)

// daemonGuard is what today's daemons do with the guard (Python); playGuardHolder does the same without Python.
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

func playGuardHolder(args []string) {
	f, err := os.OpenFile(args[0], os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		panic(err)
	}
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case err == nil:
		fmt.Println("taken")
	case errors.Is(err, syscall.EWOULDBLOCK):
		fmt.Println("busy")
	default:
		fmt.Println(err)
	}
	_, _ = os.Stdin.Read(make([]byte, 1))
}

// tryGuard is a process that takes the guard and says whether it could.
func tryGuard(t *testing.T, s *lockcore.Store) (*child, string) {
	path := s.LockPath() + ".guard"
	python, err := exec.LookPath("python3")
	if err != nil {
		c := startChild(t, "flock", path)
		return c, c.hear()
	}
	c := startCommand(t, exec.Command(python, "-c", daemonGuard, path))
	return c, c.hear()
}

func startGuardHolder(t *testing.T, s *lockcore.Store) *child {
	c, said := tryGuard(t, s)
	if said != "taken" {
		t.Fatal(said)
	}
	return c
}

// TestGuardKeepsUsOut: while a daemon has the guard, nothing is changed.
func TestGuardKeepsUsOut(t *testing.T) {
	s := newStore(t)
	data := of(host, deadPID).Encode()
	write(t, s, data)
	holder := startGuardHolder(t, s)
	soon, cancel := context.WithTimeout(background, 200*time.Millisecond)
	defer cancel()
	for name, change := range map[string]func(context.Context) error{
		"unlock": func(ctx context.Context) error {
			_, err := s.ForceUnlock(ctx, lockcore.TokenOf(data), true)
			return err
		},
		"acquire": func(ctx context.Context) error { _, err := s.Acquire(ctx); return err },
		"copies":  func(ctx context.Context) error { _, err := s.SetAsideCopies(ctx); return err },
	} {
		if err := change(soon); !errors.Is(err, lockcore.ErrGuardBusy) && !unreadableBecause(lockcore.Timeout)(s, err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !bytes.Equal(mustRead(t, s), data) {
		t.Error("the lock was changed")
	}
	done := make(chan error, 1)
	go func() { _, err := s.ForceUnlock(background, lockcore.TokenOf(data), true); done <- err }()
	holder.kill()
	if err := <-done; err != nil {
		t.Errorf("after the guard was free: %v", err)
	}
	wantMode(t, s.LockPath()+".guard", 0o600)
}

// TestGuardKeepsDaemonsOut: at every step of every change the guard is ours, and afterwards it is not.
func TestGuardKeepsDaemonsOut(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	asked := 0
	s.OnStep(once("backed-up", func() {
		asked++
		c, said := tryGuard(t, s)
		if said != "busy" {
			t.Errorf("the guard is %s", said)
		}
		c.kill()
	}))
	l, err := s.Acquire(background)
	if err != nil || asked != 1 {
		t.Fatal(err, asked)
	}
	if c, said := tryGuard(t, s); said != "taken" {
		t.Errorf("afterwards the guard is %s", said)
	} else {
		c.kill()
	}
	if err := l.Release(background); err != nil {
		t.Fatal(err)
	}
}

// TestGuardExcludesGoroutines: two of one process, each with its own Store.
func TestGuardExcludesGoroutines(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	soon, cancel := context.WithTimeout(background, 100*time.Millisecond)
	defer cancel()
	s.OnStep(once("backed-up", func() {
		_, err := mustOpen(s.Dir(), "").Acquire(soon)
		if !errors.Is(err, lockcore.ErrGuardBusy) {
			t.Errorf("in the middle of a takeover: %v", err)
		}
	}))
	if _, err := s.Acquire(background); err != nil {
		t.Fatal(err)
	}
}
