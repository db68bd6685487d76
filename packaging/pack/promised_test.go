package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// signal finds what sends a signal to a process, or ends it.
var signal = regexp.MustCompile(`(?:Process\.(?:Kill|Signal)|\b(?:unix|syscall)\.(?:Kill|Tgkill|PidfdSendSignal)|\bTerminate\w+)\(.*`)

// signallers are the files that may do so, and only to processes that lockbar started: the command of lockbar run and what it started, the
// holder of the demo, and the child that shows a message.
var signallers = []string{
	"internal/cli/descendants_linux.go", "internal/cli/descendants_other.go", "internal/cli/hold_unix.go", "internal/cli/job_unix.go",
	"internal/cli/mind_unix.go", "internal/demo/holder.go", "notify/child_unix.go",
}

// TestSignalsAreSentInFewPlaces: who adds another one thinks of SECURITY.md, which promises that no other process gets any. Signal 0 only asks.
func TestSignalsAreSentInFewPlaces(t *testing.T) {
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, source := range programSources(t) {
		for _, call := range signal.FindAllString(read(t, source), -1) {
			name, err := filepath.Rel(root, source)
			if err != nil {
				t.Fatal(err)
			}
			if name = filepath.ToSlash(name); !strings.Contains(call, ", 0)") && !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	if slices.Sort(found); !slices.Equal(found, signallers) {
		t.Errorf("signals are sent in %q, want %q", found, signallers)
	}
}

// TestLockcoreIsQuiet: the package starts no process and logs nothing.
func TestLockcoreIsQuiet(t *testing.T) {
	for _, system := range systems {
		cmd := exec.Command("go", "list", "-deps", "./lockcore")
		cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", system, err)
		}
		packages := strings.Fields(string(out))
		if !slices.Contains(packages, "lockbar/lockcore") {
			t.Fatalf("%s: %d packages without its own: the list is wrong", system, len(packages))
		}
		for _, forbidden := range []string{"os/exec", "log", "log/slog"} {
			if slices.Contains(packages, forbidden) {
				t.Errorf("%s: %s is linked in", system, forbidden)
			}
		}
	}
}
