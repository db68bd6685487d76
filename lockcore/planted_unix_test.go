//go:build unix

package lockcore_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// secret is the content of a file outside every store.
const secret = "PRIVATE KEY"

// wantNoSecret checks that the content of a file outside the store did not get into the store or the backups.
func wantNoSecret(t *testing.T, s *lockcore.Store, when string) {
	t.Helper()
	for path, data := range treeOf(t, s) {
		if strings.Contains(data, secret) {
			t.Errorf("%s: %s has the content of the link's target", when, path)
		}
	}
}

// TestPlantedLeftovers plants files with the name of a leftover, as a user of another machine could by syncing them here. It checks that
// they become neither a lock nor a backup, and stay.
func TestPlantedLeftovers(t *testing.T) {
	t.Parallel()
	testfs.Need(t, testfs.Symlinks, testfs.Pipes)
	private := filepath.Join(t.TempDir(), "private")
	put(t, private, []byte(secret))
	plants := map[string]func(path string) error{
		"link":      func(path string) error { return os.Symlink(private, path) },
		"dangling":  func(path string) error { return os.Symlink("nowhere", path) },
		"loop":      func(path string) error { return os.Symlink(filepath.Base(path), path) },
		"pipe":      func(path string) error { return unix.Mkfifo(path, 0o600) },
		"directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"too large": func(path string) error { return os.WriteFile(path, make([]byte, lockcore.MaxSize+1), 0o600) },
	}
	for kind, plant := range plants {
		for _, name := range []string{"lockbar-BBBBBB", "unlock-BBBBBB", "copy-BBBBBB", "takeover-0123456789abcdef"} {
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				s := newStore(t)
				s.Among()
				path := filepath.Join(s.Dir(), ".locked."+name+".tmp")
				noError(t, plant(path))
				lock := mustAcquire(t, s)
				noError(t, lock.Release(background))
				wantState(t, "released", inspect(s), lockcore.Unlocked, "")
				wantNoSecret(t, s, "released")
				if got := backups(t, s); len(got) != 0 {
					t.Errorf("the backups are %q", got)
				}
				if _, err := os.Lstat(path); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestInterruptedChangeOfALink checks that an interrupted change of a lock that is a link leaves the link or its backup, and nothing
// of its target.
func TestInterruptedChangeOfALink(t *testing.T) {
	testfs.Need(t, testfs.Symlinks)
	record := of("mac-b", 7)
	record.Hostname = secret // a valid lock, so that the link is taken over
	for name, change := range map[string]func(*lockcore.Store){
		"unlock":  func(s *lockcore.Store) { _, _ = forceUnlock(s, lockcore.TokenOf(record.Encode()), false) },
		"acquire": func(s *lockcore.Store) { _, _ = acquire(s) },
	} {
		for at := 0; ; at++ {
			s := newStore(t)
			s.Among()
			private := filepath.Join(t.TempDir(), "private")
			put(t, private, record.Encode())
			noError(t, os.Symlink(private, s.LockPath()))
			step := interrupted(s, at, change)
			if step == "" {
				if at < 5 {
					t.Errorf("%s has %d steps", name, at)
				}
				break
			}
			if now := inspect(s); now.Record.Hostname == host { // the lock of an interrupted takeover
				noError(t, os.Remove(s.LockPath()))
			}
			_, _ = restore(s) // sweeps, and puts the link back if it is gone
			when := name + " interrupted at " + step
			wantLink(t, s, private)
			wantNoSecret(t, s, when)
			tidy(t, s)
		}
	}
}

// interrupted begins a change and ends it, as a kill would, at its step number at, counted from 0. It returns the name of the step, or ""
// if the change has fewer steps.
func interrupted(s *lockcore.Store, at int, change func(*lockcore.Store)) (step string) {
	ended := make(chan struct{})
	steps := 0
	s.OnStep(func(name string) {
		if steps++; steps == at+1 {
			step = name
			runtime.Goexit()
		}
	})
	go func() {
		defer close(ended)
		change(s)
	}()
	<-ended
	s.OnStep(func(string) {})
	return step
}
