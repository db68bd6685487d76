//go:build linux

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// meter measures the usage of a process since the call of newMeter.
type meter struct {
	b      testing.TB
	pid    int
	before testdesk.Usage
}

func newMeter(b testing.TB, p *testdesk.Process) *meter {
	return &meter{b, p.PID(), testdesk.UsageOf(b, p.PID())}
}

// read returns the CPU time and the switches since newMeter, and what else is in use now. It fails the benchmark if the process has ended.
func (m *meter) read() testdesk.Usage {
	u := testdesk.UsageOf(m.b, m.pid)
	u.CPU -= m.before.CPU
	u.Switches -= m.before.Switches
	return u
}

// ticker starts a Go program that wakes as often as the tray polls, and does nothing.
func ticker(b *testing.B) *testdesk.Process {
	p := testdesk.Command{Path: testdesk.Build(b, "internal/e2e/testdata/ticker")}.Start(b)
	testdesk.Must(p.WaitLine(testdesk.Deadline(b), "ready"))(b)
	return p
}

// BenchmarkIdle measures the cost of a held store while nothing happens, against a program that wakes as often as the tray polls.
func BenchmarkIdle(b *testing.B) {
	app := newDesk(b)
	app.store.make(b)
	app.start().hold()
	bare := ticker(b)
	for b.Loop() {
		time.Sleep(settled)
		ours, floor := newMeter(b, app.app), newMeter(b, bare)
		time.Sleep(*idleTime)
		u, f := ours.read(), floor.read()
		against(b, "switches", float64(u.Switches), float64(f.Switches))
		against(b, "cpu-ms", milliseconds(u.CPU), milliseconds(f.CPU))
		against(b, "rss-MB", megabytes(u.RSS), megabytes(f.RSS))
	}
	app.waitIcon(icons.HeldHere)
	b.ReportMetric(0, "ns/op")
}

// crowded is a tray with a number of stores, and its floor: a bare program that watches as many directories.
type crowded struct {
	stores      int
	desk        *desk
	bare        *testdesk.Process
	start       time.Duration // from exec to the registered icon
	bareStart   time.Duration // from exec until all directories are watched
	ours, floor *meter
}

// BenchmarkStores measures the cost of each store that is held here, including its part of the menu. For each number of stores there is a
// tray, and a bare program that watches as many directories; all run at the same time. A thousand stores would take minutes, because the
// tray library searches all items for each item; lockcore/watch measures a thousand without a menu.
func BenchmarkStores(b *testing.B) {
	numbers := []int{1, 10, 100}
	var all []*crowded
	for _, n := range numbers {
		all = append(all, startCrowded(b, n))
	}
	for b.Loop() {
		time.Sleep(settled)
		for _, c := range all {
			c.ours, c.floor = newMeter(b, c.desk.app), newMeter(b, c.bare)
		}
		time.Sleep(*idleTime)
		for _, c := range all {
			c.report(b, all[0])
		}
	}
	b.ReportMetric(0, "ns/op")
}

// startTime bounds the start of the tray with the most stores, on a slow machine.
const startTime = 2 * time.Minute

func startCrowded(b *testing.B, n int) *crowded {
	c := &crowded{stores: n, desk: newDesk(b)}
	base := b.TempDir()
	var dirs []string
	for i := range n {
		s := store{filepath.Join(base, fmt.Sprint(i))}
		s.write(b, record(os.Getpid(), host))
		dirs = append(dirs, s.dir)
	}
	c.desk.configure(b, dirs)
	ctx, cancel := context.WithTimeout(b.Context(), startTime)
	defer cancel()
	testdesk.Must(c.desk.start().item.WaitIcon(ctx, is(icons.HeldHere)))(b)
	c.start = c.desk.item.Registered().Sub(c.desk.app.Started)
	c.bare = c.desk.floor("print", filepath.Join(base, "*")).Start(b)
	ready := testdesk.Must(c.bare.WaitLine(c.desk.ctx(), "ready"))(b)
	c.bareStart = ready.Received.Sub(c.bare.Started)
	return c
}

// configure writes the stores into the config file. As arguments they would fill the command line that a failing test prints.
func (d *desk) configure(b *testing.B, stores []string) {
	data := testdesk.Must(json.Marshal(map[string]any{"stores": stores}))(b)
	write(b, filepath.Join(d.home.Dir, ".config", "lockbar", "config.json"), string(data))
}

// report prints the cost of this number of stores, and the memory of each store beyond the first.
func (c *crowded) report(b *testing.B, one *crowded) {
	u, f := c.ours.read(), c.floor.read()
	instances, watches := inotify(b, c.desk.app.PID())
	name := func(unit string) string { return fmt.Sprint(c.stores, "-", unit) }
	against(b, name("rss-MB"), megabytes(u.RSS), megabytes(f.RSS))
	against(b, name("start-ms"), milliseconds(c.start), milliseconds(c.bareStart))
	against(b, name("cpu-ms"), milliseconds(u.CPU), milliseconds(f.CPU))
	against(b, name("switches"), float64(u.Switches), float64(f.Switches))
	b.ReportMetric(float64(instances), name("instances"))
	b.ReportMetric(float64(watches), name("watches"))
	if c != one {
		added := float64(c.stores - one.stores)
		ours, floor := float64(u.RSS-one.ours.read().RSS), float64(f.RSS-one.floor.read().RSS)
		against(b, name("kB/store"), ours/added/1e3, floor/added/1e3)
	}
}

// inotify counts the inotify instances and watches of a process.
func inotify(b *testing.B, pid int) (instances, watches int) {
	infos := testdesk.Must(filepath.Glob(fmt.Sprintf("/proc/%d/fdinfo/*", pid)))(b)
	for _, info := range infos {
		data, _ := os.ReadFile(info) // empty for a descriptor that was closed meanwhile
		n := strings.Count(string(data), "inotify wd:")
		watches += n
		instances += min(n, 1)
	}
	if instances == 0 {
		b.Fatalf("process %d watches nothing", pid)
	}
	return instances, watches
}
