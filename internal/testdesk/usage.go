//go:build linux

package testdesk

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Usage is the resource usage of a process, the sum of all its threads.
type Usage struct {
	Files, Threads int
	Switches       int // voluntary context switches
	CPU            time.Duration
	RSS            int // in bytes
}

// UsageOf reads the usage of a process. It fails the test if the process has ended.
func UsageOf(t testing.TB, pid int) Usage {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err != nil || len(threads) == 0 {
		t.Fatalf("process %d is gone: %v", pid, err)
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	u := Usage{Files: len(files), Threads: len(threads), RSS: Kilobytes(t, pid, "VmRSS") << 10}
	for _, dir := range threads {
		u.Switches += number(t, filepath.Join(dir, "status"), "voluntary_ctxt_switches")
		u.CPU += onCPU(t, filepath.Join(dir, "schedstat"))
	}
	return u
}

// Kilobytes reads VmRSS (the current memory) or VmHWM (its peak).
func Kilobytes(t testing.TB, pid int, name string) int {
	t.Helper()
	return number(t, fmt.Sprintf("/proc/%d/status", pid), name)
}

// number reads a line "name:  number" of proc_pid_status(5).
func number(t testing.TB, path, name string) int {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut("\n"+string(data), "\n"+name+":")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		t.Fatalf("no %s in %s", name, path)
	}
	n, err := strconv.Atoi(fields[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// onCPU reads the first number of schedstat, in nanoseconds.
func onCPU(t testing.TB, path string) time.Duration {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var ns int64
	if _, err := fmt.Sscan(string(data), &ns); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return time.Duration(ns)
}
