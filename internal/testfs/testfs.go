//go:build unix

// Package testfs holds helpers for the tests of several packages. Most of them report what the file system of TMPDIR can do: FAT has no
// hard links, exFAT no pipes, HFS+ no holes in files. The package tries each ability instead of guessing from the file system's name.
package testfs

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/fsx"
)

// Variable is set to the name of TMPDIR's file system if tests deliberately use another one than the system's own. If it is not set, a
// missing ability fails the test in CI, so that no ordinary run skips a test unnoticed.
const Variable = "LOCKBAR_TEST_FS"

// Ability is an ability that not every file system has. Its text completes "has no".
type Ability string

const (
	Symlinks  Ability = "symbolic links"
	HardLinks Ability = "hard links"
	Pipes     Ability = "named pipes"
	Sockets   Ability = "sockets"
	Modes     Ability = "permissions"
	Holes     Ability = "files with holes"
	FineTimes Ability = "times finer than 20 ms"
	Exchange  Ability = "exchange of two names"
	RenameNew Ability = "rename that replaces nothing"
	OddNames  Ability = "names with control characters"
)

// tries has one attempt for each ability, in a directory of its own.
var tries = map[Ability]func(dir string) error{
	Symlinks:  func(dir string) error { return os.Symlink("target", filepath.Join(dir, "link")) },
	HardLinks: func(dir string) error { return withFile(dir, func(f string) error { return os.Link(f, f+" 2") }) },
	Pipes:     tryPipe,
	Sockets:   trySocket,
	Modes:     tryModes,
	Holes:     tryHole,
	FineTimes: tryTimes,
	Exchange:  tryExchange,
	OddNames:  func(dir string) error { return os.WriteFile(filepath.Join(dir, "a\nb"), nil, 0o600) },
	RenameNew: func(dir string) error { return withFile(dir, func(f string) error { return fsx.RenameNew(f, f+" 2") }) },
}

// Need skips a test on a file system that lacks one of these abilities.
func Need(t testing.TB, all ...Ability) {
	t.Helper()
	for _, a := range all {
		if !Has(t, a) {
			t.Skipf("the file system of %s has no %s", os.TempDir(), a)
		}
	}
}

// Has reports whether the file system of TMPDIR has an ability. In CI the test fails if the ability is missing, unless Variable is set.
func Has(t testing.TB, a Ability) bool {
	t.Helper()
	err := try(a)
	if err != nil && os.Getenv("CI") == "true" && os.Getenv(Variable) == "" {
		t.Fatalf("in CI, without %s: %s has no %s: %v", Variable, os.TempDir(), a, err)
	}
	return err == nil
}

var (
	tried   = map[Ability]error{}
	trying  sync.Mutex
	errNone = errors.New("the change had no effect")
)

func try(a Ability) error {
	trying.Lock()
	defer trying.Unlock()
	err, done := tried[a]
	if !done {
		err = tryIn(tries[a])
		tried[a] = err
	}
	return err
}

func tryIn(attempt func(dir string) error) error {
	dir, err := os.MkdirTemp("", "testfs")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return attempt(dir)
}

func withFile(dir string, do func(path string) error) error {
	path := filepath.Join(dir, "file")
	return errors.Join(os.WriteFile(path, nil, 0o600), do(path))
}

// tryPipe checks the type of the file, because some FUSE drivers make a regular file instead.
func tryPipe(dir string) error {
	path := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return err
	}
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&os.ModeNamedPipe == 0 {
		return errNone
	}
	return err
}

// maxSocketPath is the longest path of a socket on macOS, which has the lowest limit: 104 bytes with the NUL.
const maxSocketPath = 103

func trySocket(dir string) error {
	path := filepath.Join(dir, "s")
	if len(path) > maxSocketPath {
		return fmt.Errorf("%s is too long for a socket", path)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	return l.Close()
}

func tryModes(dir string) error {
	return withFile(dir, func(path string) error {
		const odd = 0o510
		if err := os.Chmod(path, odd); err != nil {
			return err
		}
		info, err := os.Lstat(path)
		if err == nil && info.Mode() != odd {
			return errNone
		}
		return err
	})
}

// tryHole makes a file of a terabyte, of which a file system with holes stores nothing.
func tryHole(dir string) error {
	const terabyte = 1 << 40
	return withFile(dir, func(path string) error { return os.Truncate(path, terabyte) })
}

// tryTimes writes a file twice and compares the times as the product does.
func tryTimes(dir string) error {
	const apart = 20 * time.Millisecond // more than a kernel tick, and than exFAT's unit of 10 ms
	return withFile(dir, func(path string) error {
		before, err := os.Lstat(path)
		if err != nil {
			return err
		}
		time.Sleep(apart)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			return err
		}
		after, err := os.Lstat(path)
		if err == nil && (!after.ModTime().After(before.ModTime()) || !fsx.ChangeTime(after).After(fsx.ChangeTime(before))) {
			return errNone
		}
		return err
	})
}

func tryExchange(dir string) error {
	return withFile(dir, func(path string) error {
		return errors.Join(os.WriteFile(path+" 2", nil, 0o600), fsx.Exchange(path, path+" 2"))
	})
}
