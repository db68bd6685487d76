package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

// TestSBOM uses the test binary as a release: the binary has build information, and contains cobra as lockbar does.
func TestSBOM(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, "sbom", "1.2.3", dir+"/one", self(t))
	mustRun(t, "sbom", "1.2.3", dir+"/two", self(t))
	if read(t, dir, "one") != read(t, dir, "two") {
		t.Error("two runs made different SBOMs")
	}
	var got bom
	testfs.Check(t, json.Unmarshal([]byte(read(t, dir, "one")), &got))
	names := []string{}
	for _, c := range got.Components {
		names = append(names, c.Name)
	}
	if !slices.Contains(names, "github.com/spf13/cobra") || !slices.Contains(names, "std") || !slices.IsSorted(names) {
		t.Errorf("components %q: want cobra and std, sorted", names)
	}
	if got.Metadata.Component.Version != "1.2.3" || got.Metadata.Timestamp != "2026-01-01T00:00:00Z" {
		t.Errorf("metadata %+v", got.Metadata)
	}
}

// TestNoNetworkCode checks a promise of SECURITY.md. Package net itself is allowed: the session bus is a socket.
func TestNoNetworkCode(t *testing.T) {
	testNotLinked(t, ".", "net/http", "crypto/tls", "net/smtp", "net/rpc", "golang.org/x/net/websocket")
}

// TestLockcoreIsQuiet checks that the package links neither os/exec, to start a process, nor a logger.
func TestLockcoreIsQuiet(t *testing.T) {
	testNotLinked(t, "./lockcore", "os/exec", "log", "log/slog")
}

// testNotLinked checks that a package of ours depends on none of the forbidden packages, on Linux, macOS and Windows, without cgo.
func testNotLinked(t *testing.T, ours string, forbidden ...string) {
	t.Helper()
	for _, system := range []string{"linux", "darwin", "windows"} {
		cmd := exec.Command("go", "list", "-deps", ours)
		cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", system, err)
		}
		packages := strings.Fields(string(out))
		if !slices.Contains(packages, "lockbar/lockcore") {
			t.Fatalf("%s: %d packages without our own: the list is wrong", system, len(packages))
		}
		for _, name := range forbidden {
			if slices.Contains(packages, name) {
				t.Errorf("%s: %s is linked in", system, name)
			}
		}
	}
}
