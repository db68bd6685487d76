package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

// TestMain changes to the module's root, where pack is run. With PACK_FROM_TEST this binary is pack itself, for the scripts under test.
func TestMain(m *testing.M) {
	if os.Getenv("PACK_FROM_TEST") != "" {
		main()
		return
	}
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
	os.Setenv("SOURCE_DATE_EPOCH", "1767225600") // 2026-01-01
	os.Exit(m.Run())
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	testfs.Check(t, err)
	return string(data)
}

// self returns the path of this binary.
func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	testfs.Check(t, err)
	return path
}

func mustRun(t *testing.T, args ...string) {
	t.Helper()
	if err := run(args); err != nil {
		t.Fatalf("pack %s: %v", strings.Join(args, " "), err)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"nonsense"}, {"icns", "one"}, {"id", "more"}, {"sbom", "1.0.0", "out"}} {
		if err := run(args); err == nil || !strings.Contains(err.Error(), "usage") {
			t.Errorf("pack %q: %v, want the usage", args, err)
		}
	}
}

func TestVersions(t *testing.T) {
	tests := []struct{ in, version, numbers string }{
		{"1.2.3", "1.2.3", "1.2.3"},
		{"v1.2.3", "1.2.3", "1.2.3"},
		{"v0.10.0-rc.1", "0.10.0-rc.1", "0.10.0"},
		{"1.2", "", ""}, {"1.2.3+meta", "", ""}, {"1.2.3-a b", "", ""}, {"1.2.3\n", "", ""}, {"", "", ""},
	}
	for _, tt := range tests {
		r, err := newRelease(tt.in)
		if r.version != tt.version || r.numbers != tt.numbers || (err == nil) != (tt.version != "") {
			t.Errorf("newRelease(%q) = %+v, %v", tt.in, r, err)
		}
	}
}

func TestNoDateNoRelease(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "")
	if _, err := newRelease("1.2.3"); err == nil {
		t.Error("a release without SOURCE_DATE_EPOCH: it would depend on the clock")
	}
}

func TestStamp(t *testing.T) {
	r, err := newRelease("1.2.3-rc.1")
	testfs.Check(t, err)
	if got, err := r.stamp("@VERSION@ @NUMBERS@ @DATE@"); got != "1.2.3-rc.1 1.2.3 2026-01-01" {
		t.Errorf("stamp: %q, %v", got, err)
	}
	for _, template := range []string{"@UNKNOWN@", "@SHA256@"} {
		if got, err := r.stamp(template); err == nil {
			t.Errorf("stamp(%q) = %q, want an error: it has no value", template, got)
		}
	}
}
