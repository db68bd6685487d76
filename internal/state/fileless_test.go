//go:build linux || darwin

package state_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"lockbar/internal/fsx"
	"lockbar/internal/state"
)

// TestNoFilesToSpare checks that Update does not replace a file that cannot be read because this process may open no more files.
func TestNoFilesToSpare(t *testing.T) {
	dir := t.TempDir()
	writeState(t, dir, `{"schema":1,"holders":{"/store":{"pid":7}}}`)
	path := filepath.Join(dir, "state.json")
	before, err := os.ReadFile(path)
	ok(t, err)
	if err := withOneFile(t, func() error { return put(dir, state.Holders{}.WithStore("/other", ours())) }); !fsx.IsFileLimit(err) {
		t.Error(err)
	}
	if data, err := os.ReadFile(path); err != nil || !bytes.Equal(data, before) {
		t.Errorf("%q, %v", data, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 { // and the guard
		t.Errorf("%v, %v", left, err)
	}
}

// withOneFile calls do while the process may open only one more file.
func withOneFile(t *testing.T, do func() error) error {
	t.Helper()
	ours() // before the limit: what ours reads from files only once, it reads now
	next, err := os.Open(os.DevNull)
	ok(t, err)
	most := uint64(next.Fd()) + 1
	next.Close()
	var limit unix.Rlimit
	ok(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &limit))
	defer func() {
		ok(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &limit))
	}()
	ok(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: most, Max: limit.Max}))
	return do()
}
