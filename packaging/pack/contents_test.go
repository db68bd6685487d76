package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The test binary stands in for a release: it has build information, and contains cobra as lockbar does.
func TestSBOM(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, "sbom", "1.2.3", dir+"/one", self(t))
	mustRun(t, "sbom", "1.2.3", dir+"/two", self(t))
	if read(t, dir, "one") != read(t, dir, "two") {
		t.Error("two runs, two SBOMs")
	}
	var got bom
	if err := json.Unmarshal([]byte(read(t, dir, "one")), &got); err != nil {
		t.Fatal(err)
	}
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

// SECURITY.md promises it. Package net itself is there: the session bus is a socket.
func TestNoNetworkCode(t *testing.T) {
	for _, system := range []string{"linux", "darwin", "windows"} {
		cmd := exec.Command("go", "list", "-deps", ".")
		cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", system, err)
		}
		packages := strings.Fields(string(out))
		if !slices.Contains(packages, "lockbar/lockcore") {
			t.Fatalf("%s: %d packages without our own: the list is wrong", system, len(packages))
		}
		for _, forbidden := range []string{"net/http", "crypto/tls", "net/smtp", "net/rpc", "golang.org/x/net/websocket"} {
			if slices.Contains(packages, forbidden) {
				t.Errorf("%s: %s is linked in", system, forbidden)
			}
		}
	}
}
