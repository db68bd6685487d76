package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockbar/internal/machine"
)

// TestDaemonByItsService starts it, holds the store with it, and stops it.
func TestDaemonByItsService(t *testing.T) {
	t.Parallel()
	const unit = "iai-mcp-daemon.service"
	m := newWorld(t).withSystemd()
	m.daemon("status").says(t, 0, unit+" does not run\n")
	m.daemon("stop").says(t, 0, "No daemon of this store runs here.\n")
	m.daemon("start").says(t, 0, "The daemon was started (PID ")
	s := m.status()
	if want := (daemonObject{Store: m.world.dir, Service: unit, Running: true, PID: s.PID}); s.PID == 0 || s.Holds || len(s.Others) > 0 || s.Store != want.Store || s.Service != unit || !s.Running {
		t.Errorf("%+v, want %+v", s, want)
	}
	m.daemon("start").says(t, 0, "runs here already, PID "+strconv.Itoa(s.PID))
	m.writeLock(record(ourHost, s.PID))
	if !m.status().Holds {
		t.Error("it holds the store")
	}
	m.daemon("status").says(t, 0, unit+" runs, PID "+strconv.Itoa(s.PID)+", and holds the store\n")
	m.daemon("stop").says(t, 0, "The daemon was stopped (PID "+strconv.Itoa(s.PID)+", "+unit+"). The assistant's next call may start it again.\n")
	if machine.Probe(s.PID).Presence == machine.Running {
		t.Error("it still runs")
	}
	m.daemon("stop").says(t, 0, "No daemon of this store runs here.")
	calls := strings.Fields(strings.ReplaceAll(content(m.dir, callsFile), "--user show --property=MainPID,ActiveState -- "+unit, ""))
	if want := strings.Fields("--user start -- " + unit + " --user stop -- " + unit); !slices.Equal(calls, want) {
		t.Errorf("the service manager was asked %q, want %q", calls, want)
	}
}

// TestDaemonStartedByHand is refused, and the process lives.
func TestDaemonStartedByHand(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		prepare func(m managed)
		want    string
	}{
		{"the service does not run", func(managed) {}, " was not started by a service of yours"},
		{"its process is another", func(m managed) { m.set(mainFile, "1") }, "iai-mcp-daemon.service runs PID 1, and it is not known whether that is a daemon of this store or started one"},
		{"the service is another store's", func(m managed) { m.putUnit("iai-mcp-daemon.service", "") }, " was not started by a service of yours"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newWorld(t).withSystemd()
			test.prepare(m)
			pid := daemon(t, m.world.dir)
			m.writeLock(record(ourHost, pid))
			m.daemon("stop").says(t, exitRefused, test.want)
			if machine.Probe(pid).Presence != machine.Running || strings.Contains(content(m.dir, callsFile), " stop ") {
				t.Error("it was stopped")
			}
			if s := m.status(); !slices.Equal(s.Others, []int{pid}) || s.Holds {
				t.Errorf("%+v", s)
			}
		})
	}
}

// TestDaemonOfAnUncertainService: its file of variables is not read, and the process proves whose it is.
func TestDaemonOfAnUncertainService(t *testing.T) {
	t.Parallel()
	m := newWorld(t).withSystemd()
	m.putUnit("iai-mcp-daemon.service", "EnvironmentFile=/no/such/file")
	m.daemon("start").says(t, exitRefused, "no service of yours is known to start")
	pid := daemon(t, m.world.dir)
	m.set(pidFile, strconv.Itoa(pid))
	m.daemon("stop").says(t, 0, "The daemon was stopped (PID "+strconv.Itoa(pid))
}

func TestDaemonRefusals(t *testing.T) {
	t.Parallel()
	m := newWorld(t).withSystemd()
	m.writeLock(foreign())
	m.daemon("start").says(t, exitRefused, "not free: Held by mac-mini")
	other := newWorld(t)
	m.daemon("stop", "--store", m.world.dir, "--store", other.dir).says(t, exitUsage, "one store")
	m.daemon("start", "--store", other.dir).says(t, exitRefused, "no service of yours is known")
	if lines := m.daemon("status", "--store", m.world.dir, "--store", other.dir).want(t, 0).out; strings.Count(lines, "\n") != 2 || !strings.Contains(lines, other.dir+": no service") {
		t.Errorf("%q", lines)
	}
}

// TestDaemonAtALink: a store is one store by whatever path its service names it.
func TestDaemonAtALink(t *testing.T) {
	t.Parallel()
	m := newWorld(t).withSystemd()
	link := filepath.Join(m.root, "link")
	must(os.Symlink(m.world.dir, link))
	m.daemon("start", "--store", link).says(t, 0, "The daemon was started")
	m.daemon("stop", "--store", link).says(t, 0, "The daemon was stopped")
}

// TestDaemonWithoutItsManager: what the manager says is told, and one that hangs is cut off.
func TestDaemonWithoutItsManager(t *testing.T) {
	t.Parallel()
	m := newWorld(t).withSystemd()
	for _, verb := range []string{"stop", "start", "status"} {
		m.set(brokenFile, "Failed to connect to bus: No medium found")
		m.daemon(verb).says(t, exitFailed, "lockbar: systemctl failed: Failed to connect to bus: No medium found\n")
	}
	must(os.Remove(filepath.Join(m.dir, brokenFile)))
	m.set(hangsFile, "show")
	began := time.Now()
	m.daemon("stop").says(t, exitFailed, "systemctl failed: no answer in time")
	if time.Since(began) > hang/2 {
		t.Error("it was not cut off")
	}
}

func TestDaemonWithoutSystemd(t *testing.T) {
	t.Parallel()
	m := newWorld(t).withSystemd()
	cmd := m.command("daemon", "status")
	cmd.Env = append(cmd.Env, "PATH="+m.root)
	finish(t, cmd).says(t, exitFailed, "systemctl failed: systemctl: no such program in $PATH")
}
