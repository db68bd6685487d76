//go:build unix

package lockcore_test

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// playFullDisk does one operation on a full disk. It prints whether the error says that the disk is full, whether the store is unchanged,
// whether a disk was mounted, and the error. args holds the operation, the full directory, the store and the state directory.
func playFullDisk(args []string) {
	name, full, dir, state := args[0], args[1], args[2], args[3]
	mountErr := mountSmall(full)
	if mountErr == nil && full == dir {
		s := mustOpen(dir, state)
		if name != "restore" && name != "acquire" {
			must(blindWrite(s.LockPath(), before))
		}
	}
	if mountErr == nil {
		fill(full)
	} else {
		signal.Ignore(syscall.SIGXFSZ)
		must(syscall.Setrlimit(unix.RLIMIT_FSIZE, &syscall.Rlimit{}))
	}
	s := mustOpen(dir, state)
	was := readAll(dir)
	err := operate(s, strings.TrimPrefix(name, "takeover:"), nil)
	fmt.Println(errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EFBIG), fmt.Sprint(was) == fmt.Sprint(readAll(dir)), mountErr == nil, err)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// fill fills the disk of dir completely.
func fill(dir string) {
	f, err := os.Create(filepath.Join(dir, "filler"))
	must(err)
	defer f.Close()
	for size := 64 << 10; size > 0; size /= 2 {
		for err == nil {
			_, err = f.Write(make([]byte, size))
		}
		err = nil
	}
}

// readAll returns the content of every file in dir except the guard and the filler.
func readAll(dir string) map[string]string {
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	must(err)
	for _, e := range entries {
		if e.Name() != "filler" && !strings.HasSuffix(e.Name(), ".guard") {
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			must(err)
			files[e.Name()] = string(data)
		}
	}
	return files
}

// TestFullDisk checks that if there is no room for the backup, or for a lock in the store, the error says so, nothing is lost, and no
// leftover remains.
func TestFullDisk(t *testing.T) {
	private := privateMounts()
	for _, c := range []struct {
		name, full string
		lock       []byte
		backup     bool
	}{
		{"unlock", "state", before, false},
		{"takeover:acquire", "state", before, false},
		{"takeover:acquire", "store", before, false},
		{"acquire", "store", nil, false},
		{"restore", "store", nil, true},
		{"restore", "state", nil, true},
	} {
		t.Run(c.name+" on a full "+c.full, func(t *testing.T) {
			s := newStore(t)
			state := filepath.Join(filepath.Dir(s.Dir()), "state")
			must(os.MkdirAll(state, 0o700))
			full := map[string]string{"state": state, "store": s.Dir()}[c.full]
			if c.backup {
				removeLock(t, s, before)
			}
			if c.lock != nil {
				write(t, s, c.lock)
			}
			limited := c.backup && c.full == "state" // a disk mounted over state would hide the backup, so the limit stands in
			if limited {
				full = filepath.Join(t.TempDir(), "elsewhere")
			}
			cmd := command("full", c.name, full, s.Dir(), state)
			cmd.SysProcAttr = private
			answer := startCommand(t, cmd).rest()[0]
			if !strings.HasPrefix(answer, "true true ") {
				t.Errorf("full, unchanged, mounted, error: %s", answer)
			}
			t.Log(answer)
			if c.full == "state" || c.lock == nil {
				if got := mustRead(t, s); string(got) != string(c.lock) {
					t.Errorf("the lock is %q", got)
				}
			}
			if _, ok := s.LastBackup(); ok != c.backup {
				t.Errorf("backups: %q", backups(t, s))
			}
			tidy(t, s)
			if private != nil && !limited && !strings.HasPrefix(answer, "true true true ") {
				skipUnlessCI(t, "this root may not mount: a limit stood in for the full disk")
			}
		})
	}
}
