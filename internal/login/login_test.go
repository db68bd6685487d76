//go:build unix

package login_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lockbar/internal/login"
	"lockbar/internal/testfs"
)

// home makes a user without an entry and with an empty PATH. It returns a directory for the test. After the test no entry is left.
func home(t *testing.T) string {
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "settings"))
	t.Setenv("PATH", "")
	// go test puts this program into a temporary directory, which counts as permanent only inside the home directory.
	if login.CheckPlace() != nil {
		t.Setenv("HOME", filepath.Dir(self(t)))
		t.Cleanup(func() { testfs.Check(t, login.Disable()) })
	}
	return dir
}

// self returns the path by which an entry names this program: on macOS its real path, since temporary files are below a link there, /var.
func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err == nil && runtime.GOOS == "darwin" {
		path, err = filepath.EvalSymlinks(path)
	}
	testfs.Check(t, err)
	return path
}

func want(t *testing.T, enabled bool) login.Setting {
	t.Helper()
	s, err := login.Status()
	if s.Enabled != enabled || err != nil {
		t.Fatalf("Status: %+v (%v), want Enabled %v", s, err, enabled)
	}
	return s
}

func TestEnableAndDisable(t *testing.T) {
	dir := home(t)
	if s := want(t, false); !strings.HasPrefix(s.Entry, dir) && !strings.HasPrefix(s.Entry, os.Getenv("HOME")) || s.Problem != "" {
		t.Errorf("before Enable: %+v", s)
	}
	testfs.Check(t, login.Disable())
	testfs.Check(t, login.Enable())
	s := want(t, true)
	if self := self(t); s.Program != self || s.Problem != "" {
		t.Errorf("after Enable: %+v, want it to start %s", s, self)
	}
	before, err := os.Stat(s.Entry)
	testfs.Check(t, err)
	testfs.Check(t, login.Enable())
	if after, err := os.Stat(s.Entry); err != nil || !os.SameFile(before, after) {
		t.Errorf("a correct entry was rewritten (%v)", err)
	}
	testfs.Check(t, login.Disable())
	want(t, false)
	if _, err := os.Stat(s.Entry); err == nil {
		t.Error("the entry is still there")
	}
}

// TestEnableRepairs checks that Enable corrects an entry that is empty, cut off or rubbish.
func TestEnableRepairs(t *testing.T) {
	home(t)
	testfs.Check(t, login.Enable())
	entry := want(t, true).Entry
	for name, text := range map[string]string{"empty": "", "odd": "\x00<", "cut off": "[Desktop Entry]\nExec="} {
		testfs.Check(t, os.WriteFile(entry, []byte(text), 0o600))
		if s := want(t, true); s.Problem == "" {
			t.Errorf("%s: no problem in %+v", name, s)
		}
		testfs.Check(t, login.Enable())
		if s := want(t, true); s.Problem != "" {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// TestTemporaryProgram checks that Enable makes no entry for a temporary program, and that Status reports a problem for an existing entry.
func TestTemporaryProgram(t *testing.T) {
	home(t)
	testfs.Check(t, login.Enable())
	entry := want(t, true).Entry
	t.Setenv("TMPDIR", filepath.Dir(self(t)))
	if s := want(t, true); !strings.Contains(s.Problem, "temporary directory") {
		t.Errorf("no problem of a temporary directory in %+v", s)
	}
	testfs.Check(t, os.Remove(entry))
	if place, _ := errors.AsType[*login.PlaceError](login.Enable()); place == nil || place.Program != self(t) {
		t.Errorf("Enable: %v", place)
	}
	want(t, false)
}

func TestAnEntryOfAnotherProgram(t *testing.T) {
	home(t)
	testfs.Check(t, login.Enable())
	s := want(t, true)
	data, err := os.ReadFile(s.Entry)
	testfs.Check(t, err)
	dir, err := os.MkdirTemp(os.Getenv("HOME"), "other-")
	testfs.Check(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	other := filepath.Join(dir, "other")
	testfs.Check(t, os.WriteFile(s.Entry, []byte(strings.ReplaceAll(string(data), s.Program, other)), 0o600))
	if s := want(t, true); s.Program != other || !strings.Contains(s.Problem, "not there") {
		t.Errorf("an entry of a missing program: %+v", s)
	}
	testfs.Check(t, os.WriteFile(other, []byte("#!/bin/sh\n"), 0o700))
	if s := want(t, true); !strings.Contains(s.Problem, "another Lockbar") {
		t.Errorf("an entry of another program: %+v", s)
	}
}

// TestProgramOnPathIsPreferred checks that the entry names a link on PATH, which survives an upgrade.
func TestProgramOnPathIsPreferred(t *testing.T) {
	if runtime.GOOS == "darwin" {
		t.Skip("a link hides the app from macOS: see TestProgramInBundle")
	}
	dir := home(t)
	self, err := os.Executable()
	testfs.Check(t, err)
	link := filepath.Join(dir, "lockbar")
	testfs.Check(t, os.Symlink(self, link))
	t.Setenv("PATH", dir)
	testfs.Check(t, login.Enable())
	if s := want(t, true); s.Program != link {
		t.Errorf("the entry starts %s, want %s", s.Program, link)
	}
}
