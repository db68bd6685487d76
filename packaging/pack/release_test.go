//go:build linux || darwin

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

// released runs the script, which must refuse before it builds anything: for its arguments, for files in out, or because the tree is not
// clean.
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

// TestReleaseAccepts checks that the script accepts versions of the changelog, and of test builds. Files in out stop it afterwards.
func TestReleaseAccepts(t *testing.T) {
	for _, version := range []string{"0.1.0", "v0.1.0", "0.1.0-rc.1", "0.0.0-ci"} {
		out := t.TempDir()
		testfs.Check(t, os.WriteFile(filepath.Join(out, "old"), nil, 0o600))
		if said := released(t, version, out); strings.Contains(said, "nothing was made") {
			t.Errorf("%s: %s", version, said)
		}
	}
}

func TestSection(t *testing.T) {
	const changelog = "# Changes\n\n## 2.0.0 (unreleased)\n\n- new\n\n## 1.0.0 (2026-01-01)\n\n- old\n"
	dir := t.TempDir()
	testfs.Check(t, write(filepath.Join(dir, "packaging/CHANGELOG.md"), []byte(changelog), 0o600))
	lib, err := filepath.Abs("packaging/lib.sh")
	testfs.Check(t, err)
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", `. "$0"; section 2.0.0; section 1.0.0; section 2.0.0-rc.1; section 1.0.0-rc.1; section 0.0.0-ci`, lib)
	cmd.Dir = dir
	got, err := cmd.CombinedOutput()
	if want := "- new - old - new - old - new"; err != nil || strings.Join(strings.Fields(string(got)), " ") != want {
		t.Errorf("%v: sections %q, want %q", err, got, want)
	}
}
