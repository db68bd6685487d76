//go:build linux

package testdesk

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Usage is the resource usage of a process. Switches and CPU are sums over the threads that it has now.
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
	files := Must(os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid)))(t)
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
func number(t testing.TB, path, name string) (n int) {
	t.Helper()
	_, rest, _ := strings.Cut("\n"+read(t, path), "\n"+name+":")
	if _, err := fmt.Sscan(rest, &n); err != nil {
		t.Fatalf("%s in %s: %v", name, path, err)
	}
	return n
}

// onCPU reads the first number of schedstat, in nanoseconds.
func onCPU(t testing.TB, path string) (d time.Duration) {
	t.Helper()
	if _, err := fmt.Sscan(read(t, path), (*int64)(&d)); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return d
}

func read(t testing.TB, path string) string {
	t.Helper()
	return string(Must(os.ReadFile(path))(t))
}
