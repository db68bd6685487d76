package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

// signal matches code that sends a signal to a process, or ends it.
var signal = regexp.MustCompile(`(?:Process\.(?:Kill|Signal)|\b(?:unix|syscall)\.(?:Kill|Tgkill|PidfdSendSignal)|\bTerminate\w+)\(.*`)

// signallers lists the files that may send signals. They signal only processes that lockbar started: the command of lockbar run and what it
// started, the holder of the demo, and the child that shows a message.
var signallers = []string{
	"internal/cli/descendants_linux.go", "internal/cli/descendants_other.go", "internal/cli/hold_unix.go", "internal/cli/job_unix.go",
	"internal/cli/mind_unix.go", "internal/demo/holder.go", "notify/child_unix.go",
}

// TestSignalsAreSentInFewPlaces fails if another file sends signals, because SECURITY.md promises that no other process gets one. Signal 0
// is allowed: it only checks whether a process exists.
func TestSignalsAreSentInFewPlaces(t *testing.T) {
	root, err := os.Getwd()
	testfs.Check(t, err)
	var found []string
	for _, source := range programSources(t) {
		for _, call := range signal.FindAllString(read(t, source), -1) {
			name, err := filepath.Rel(root, source)
			testfs.Check(t, err)
			if name = filepath.ToSlash(name); !strings.Contains(call, ", 0)") && !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	if slices.Sort(found); !slices.Equal(found, signallers) {
		t.Errorf("signals are sent in %q, want %q", found, signallers)
	}
}
