//go:build unix

package lockcore_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockbar/internal/machine"
	"lockbar/lockcore"
)

// playProber prints what it finds under a PID.
func playProber(args []string) {
	pid, _ := strconv.Atoi(args[0])
	p := lockcore.Probe(pid)
	fmt.Println(p.Status, p.PID == pid, p.StartID != 0 || hidden(pid))
}

// hidden reports whether /proc hides a process from this user (hidepid), so that its start is unknown.
func hidden(pid int) bool {
	_, self := os.Stat("/proc/self")
	_, other := os.Stat(fmt.Sprint("/proc/", pid))
	return self == nil && other != nil
}

// TestProbeOfAnotherUsers checks that a process counts as alive if kill(2) returns EPERM.
func TestProbeOfAnotherUsers(t *testing.T) {
	got := startCommand(t, asNobody(command("probe", "1"))).rest()[0]
	if want := fmt.Sprint(lockcore.Running, true, true); got != want {
		t.Errorf("PID 1 seen by nobody: %s, want %s", got, want)
	}
}

func TestProbeNoProcess(t *testing.T) {
	for _, pid := range []int{0, -1, -os.Getpid(), lockcore.MaxPID} {
		if p := lockcore.Probe(pid); p.Status != lockcore.Gone || p.Alive() || p.PID != pid {
			t.Errorf("Probe(%d) = %+v", pid, p)
		}
	}
}

func TestSelf(t *testing.T) {
	p := lockcore.Probe(os.Getpid())
	if !p.Alive() || !strings.Contains(p.Command, os.Args[0]) || time.Since(p.Started) > time.Hour || !p.Same(lockcore.Probe(os.Getpid())) {
		t.Errorf("we are %+v", p)
	}
	if boot := machine.BootTime(); boot.After(p.Started) || boot.Location() != time.Local {
		t.Errorf("booted %v, started %v", boot, p.Started)
	}
}

func TestSameProcess(t *testing.T) {
	p := func(pid int, id uint64) lockcore.Process { return lockcore.Process{PID: pid, StartID: id} }
	for _, c := range []struct {
		a, b lockcore.Process
		want bool
	}{
		{p(7, 1), p(7, 1), true}, {p(7, 1), p(7, 2), false}, {p(7, 1), p(8, 1), false}, {p(7, 0), p(7, 2), true}, {p(7, 0), p(8, 0), false},
	} {
		if c.a.Same(c.b) != c.want || c.b.Same(c.a) != c.want {
			t.Errorf("%+v and %+v: not %v", c.a, c.b, c.want)
		}
	}
}
