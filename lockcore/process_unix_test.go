//go:build unix

package lockcore_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/internal/machine"
	"lockbar/lockcore"
)

// TestProbeOfAnotherUsers checks that a process counts as alive if kill(2) returns EPERM.
func TestProbeOfAnotherUsers(t *testing.T) {
	s := publicStore(t)
	write(t, s, of(host, 1).Encode())
	makePublic(t, filepath.Dir(s.Dir()))
	if got := seenByNobody(t, []*lockcore.Store{s})[0]; got != "held-here" {
		t.Errorf("a lock of PID 1 is %s for nobody", got)
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
		t.Errorf("this process is %+v", p)
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
