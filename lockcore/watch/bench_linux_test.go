package watch

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// idleTime is by default long enough for a poll.
var idleTime = flag.Duration("idle", time.Minute, "how long BenchmarkStoresWithoutMenu waits")

// A program is a child that watches.
type program struct {
	b     testing.TB
	cmd   *exec.Cmd
	stdin io.Closer
	out   *bufio.Reader
	took  time.Duration // from exec until it watches
}

func start(b testing.TB, role string, dirs ...string) *program {
	b.Helper()
	p := &program{b: b, cmd: command(role)}
	p.cmd.Env = append(p.cmd.Env, dirsVariable+"="+strings.Join(dirs, ":"))
	p.cmd.Stderr = os.Stderr
	var err error
	p.stdin, err = p.cmd.StdinPipe()
	ok(b, err)
	out, err := p.cmd.StdoutPipe()
	ok(b, err)
	p.out = bufio.NewReader(out)
	begun := time.Now()
	ok(b, p.cmd.Start())
	p.says(saidWatching)
	p.took = time.Since(begun)
	p.says(saidReady)
	return p
}

func (p *program) says(want string) {
	p.b.Helper()
	if line, err := p.out.ReadString('\n'); err != nil || line != want {
		p.b.Fatalf("want %q, got %q, %v", want, line, err)
	}
}

// end ends the child and returns what it used since it was ready.
func (p *program) end() (c cost) {
	p.b.Helper()
	ok(p.b, p.stdin.Close())
	ok(p.b, json.NewDecoder(p.out).Decode(&c))
	ok(p.b, p.cmd.Wait())
	return c
}

// BenchmarkStoresWithoutMenu measures the cost of stores that are held here, without a tray. For each number of stores it runs a child, and
// a bare fsnotify program that watches as many directories, all at the same time. packaging/figures runs it.
func BenchmarkStoresWithoutMenu(b *testing.B) {
	numbers := []int{1, 10, 100, 1000}
	for b.Loop() {
		holder := sleeper(b)
		dirs := heldDirs(b, numbers[len(numbers)-1], holder.Process.Pid)
		var ours, floors []*program
		for _, n := range numbers {
			ours, floors = append(ours, start(b, roleWatch, dirs[:n]...)), append(floors, start(b, roleBare, dirs[:n]...))
		}
		time.Sleep(*idleTime)
		var one, floorOne cost
		for i, n := range numbers {
			c, floor := ours[i].end(), floors[i].end()
			report(b, fmt.Sprint(n, "-switches"), float64(c.Switches), float64(floor.Switches))
			report(b, fmt.Sprint(n, "-cpu-ms"), milliseconds(c.CPU), milliseconds(floor.CPU))
			report(b, fmt.Sprint(n, "-start-ms"), milliseconds(ours[i].took), milliseconds(floors[i].took))
			report(b, fmt.Sprint(n, "-rss-MB"), float64(c.RSS)/1e6, float64(floor.RSS)/1e6)
			if i == 0 {
				one, floorOne = c, floor
				continue
			}
			more := float64(n-numbers[0]) * 1e3
			report(b, fmt.Sprint(n, "-kB/store"), float64(c.RSS-one.RSS)/more, float64(floor.RSS-floorOne.RSS)/more)
		}
		b.ReportMetric(0, "ns/op")
	}
}

func report(b *testing.B, unit string, ours, floor float64) {
	b.ReportMetric(ours, unit)
	b.ReportMetric(floor, "floor-"+unit)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// heldDirs creates n stores whose locks name the process pid.
func heldDirs(b *testing.B, n, pid int) (dirs []string) {
	base := b.TempDir()
	for i := range n {
		dirs = append(dirs, mkdir(b, base, fmt.Sprint(i)))
		put(b, dirs[i], pid, here)
	}
	return dirs
}
