//go:build linux

package blackbox

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// usage is what a process has used so far, all its threads together.
type usage struct {
	switches int // voluntary ones
	cpu      time.Duration
	rss      int // bytes
}

func usageOf(t testing.TB, pid int) usage {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err != nil || len(threads) == 0 {
		t.Fatalf("process %d is gone: %v", pid, err)
	}
	u := usage{rss: kilobytes(t, pid, "VmRSS") << 10}
	for _, dir := range threads {
		u.switches += number(t, filepath.Join(dir, "status"), "voluntary_ctxt_switches")
		u.cpu += onCPU(t, filepath.Join(dir, "schedstat"))
	}
	return u
}

// kilobytes reads VmRSS (now) or VmHWM (the most so far).
func kilobytes(t testing.TB, pid int, name string) int {
	t.Helper()
	return number(t, fmt.Sprintf("/proc/%d/status", pid), name)
}

// number is a line "name:  number" of proc_pid_status(5).
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

// onCPU is the first number of schedstat: nanoseconds.
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

// run runs a command to its end and says how long that took.
func run(t testing.TB, path string, args []string, env []string) time.Duration {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Env = env
	begun := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return time.Since(begun)
}

// peak is the most memory, in bytes, that a command used. It is read when the
// process is about to end: what wait4(2) gives begins with the memory of us,
// who started it. One thread must trace from start to end.
func peak(t testing.TB, path string, args []string, env []string) int {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.SysProcAttr = env, &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid, most := cmd.Process.Pid, 0
	waitStop(t, pid)       // at its first instruction
	const untilExit = 0x40 // PTRACE_O_TRACEEXIT
	if err := syscall.PtraceSetOptions(pid, untilExit); err != nil {
		t.Fatal(err)
	}
	for signal := 0; ; {
		if err := syscall.PtraceCont(pid, signal); err != nil {
			t.Fatal(err)
		}
		status := waitStop(t, pid)
		if status.Exited() {
			return most << 10
		}
		if signal = int(status.StopSignal()); signal == int(syscall.SIGTRAP) {
			signal, most = 0, kilobytes(t, pid, "VmHWM")
		}
	}
}

func waitStop(t testing.TB, pid int) (status syscall.WaitStatus) {
	t.Helper()
	if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil {
		t.Fatal(err)
	}
	if status.Signaled() || status.Exited() && status.ExitStatus() != 0 {
		t.Fatalf("process %d ended: %v", pid, status)
	}
	return status
}
