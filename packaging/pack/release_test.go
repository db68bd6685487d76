//go:build linux || darwin

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// released runs the script until it refuses, before it builds anything: files in out stop it, or a tree that is not clean.
func released(t *testing.T, args ...string) string {
	t.Helper()
	output, err := exec.Command("bash", append([]string{"packaging/release"}, args...)...).CombinedOutput()
	if err == nil {
		t.Fatalf("%q was accepted", args)
	}
	return string(output)
}

// TestReleaseRefuses checks that the script refuses an invalid version, and one that the changelog lacks, before it makes anything.
func TestReleaseRefuses(t *testing.T) {
	for version, says := range map[string]string{
		"":             "is not a version",
		"1.2":          "is not a version",
		"01.2.3":       "is not a version",
		"1.2.3+meta":   "is not a version",
		"1.2.3-":       "is not a version",
		"1.2.3 4":      "is not a version",
		"--help":       "is not a version",
		"../x":         "is not a version",
		"987.6.5":      "has no section of 987.6.5",
		"987.6.5-rc.1": "has no section of 987.6.5-rc.1",
		"0x1y0":        "is not a version",
	} {
		out := filepath.Join(t.TempDir(), "dist")
		if said := released(t, version, out); !strings.Contains(said, says) || !strings.Contains(said, "nothing was made") {
			t.Errorf("%q: %s", version, said)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%q: it made %s", version, out)
		}
	}
	if said := released(t); !strings.Contains(said, "usage") {
		t.Error(said)
	}
	if said := released(t, "0.1.0", "a", "b"); !strings.Contains(said, "usage") {
		t.Error(said)
	}
}

// TestReleaseAccepts checks that the script accepts versions of the changelog, and test builds.
func TestReleaseAccepts(t *testing.T) {
	for _, version := range []string{"0.1.0", "v0.1.0", "0.1.0-rc.1", "0.0.0-ci"} {
		out := t.TempDir()
		if err := os.WriteFile(filepath.Join(out, "old"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if said := released(t, version, out); strings.Contains(said, "nothing was made") {
			t.Errorf("%s: %s", version, said)
		}
	}
}

// libShell runs one function of lib.sh in the directory dir.
func libShell(t *testing.T, dir, call string) string {
	t.Helper()
	lib, err := filepath.Abs("packaging/lib.sh")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", `. "$0"; `+call, lib)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", call, err)
	}
	return string(out)
}

func TestSection(t *testing.T) {
	const changelog = "# Changes\n\n## 2.0.0 (unreleased)\n\n- new\n\n## 1.0.0 (2026-01-01)\n\n- old\n"
	dir := t.TempDir()
	if err := write(filepath.Join(dir, "packaging/CHANGELOG.md"), []byte(changelog), 0o600); err != nil {
		t.Fatal(err)
	}
	got := libShell(t, dir, "section 2.0.0; section 1.0.0; section 2.0.0-rc.1")
	if want := "- new - old - new"; strings.Join(strings.Fields(got), " ") != want {
		t.Errorf("sections %q, want %q", got, want)
	}
}

// TestNotices checks that each library has its licence in the notices.
func TestNotices(t *testing.T) {
	text := libShell(t, ".", "notices")
	for _, want := range []string{"github.com/spf13/cobra v", "fyne.io/systray v", "The Go standard library", "Apache License"} {
		if !strings.Contains(text, want) {
			t.Errorf("the notices lack %q", want)
		}
	}
}
