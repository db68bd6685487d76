//go:build linux

package e2e

import (
	"os/exec"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// run runs a command to its end and returns how long that took.
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

// peak runs a command and returns its peak memory in bytes. It reads the value
// when the process is about to end, because the value of wait4(2) includes the
// memory of the parent before exec. The caller locks its goroutine to a thread,
// because one thread must trace the process from start to end.
func peak(t testing.TB, path string, args []string, env []string) int {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.SysProcAttr = env, &syscall.SysProcAttr{Ptrace: true}
	testfs.Check(t, cmd.Start())
	pid, most := cmd.Process.Pid, 0
	waitStop(t, pid)       // the process stops at its first instruction
	const untilExit = 0x40 // PTRACE_O_TRACEEXIT
	testfs.Check(t, syscall.PtraceSetOptions(pid, untilExit))
	for signal := 0; ; {
		testfs.Check(t, syscall.PtraceCont(pid, signal))
		status := waitStop(t, pid)
		if status.Exited() {
			return most << 10
		}
		if signal = int(status.StopSignal()); signal == int(syscall.SIGTRAP) {
			signal, most = 0, testdesk.Kilobytes(t, pid, "VmHWM")
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
