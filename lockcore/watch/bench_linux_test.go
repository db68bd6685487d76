package watch

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/lockcore"
)

// The figures of this package against a bare fsnotify program on the same machine in the same run:
//
//	go test -run '^$' -bench . -benchtime 1x ./lockcore/watch
//
// Nothing here fails for being slow.
var idleTime = flag.Duration("idle", time.Minute, "how long BenchmarkIdle waits")

const (
	latencyRounds = 300
	deathRounds   = 100
	stormFiles    = 20000
)

// program is a child that watches.
type program struct {
	b     testing.TB
	cmd   *exec.Cmd
	stdin io.Closer
	out   *bufio.Reader
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
	ok(b, p.cmd.Start())
	if line, err := p.out.ReadString('\n'); err != nil || line != "ready\n" {
		b.Fatalf("%s: %q, %v", role, line, err)
	}
	return p
}

// sees waits for the child's word.
func (p *program) sees() {
	p.b.Helper()
	if c, err := p.out.ReadByte(); err != nil || c != seen {
		p.b.Fatalf("%q, %v", c, err)
	}
}

// end gives what the child used since it was ready.
func (p *program) end() (c cost) {
	p.b.Helper()
	ok(p.b, p.stdin.Close())
	rest, err := io.ReadAll(p.out)
	ok(p.b, err)
	ok(p.b, json.Unmarshal([]byte(strings.TrimLeft(string(rest), string(seen))), &c))
	ok(p.b, p.cmd.Wait())
	return c
}

// quantile is of sorted times, in milliseconds.
func quantile(times []time.Duration, q float64) float64 {
	slices.Sort(times)
	return float64(times[int(q*float64(len(times)-1))].Microseconds()) / 1000
}

// BenchmarkLatency: from rename(2) of a lock to the child's word.
func BenchmarkLatency(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		bare := latencies(b, roleBare, dir)
		ours := latencies(b, roleWatch, dir)
		b.ReportMetric(quantile(bare, .5), "bare-p50-ms")
		b.ReportMetric(quantile(bare, .99), "bare-p99-ms")
		b.ReportMetric(quantile(ours, .5), "p50-ms")
		b.ReportMetric(quantile(ours, .99), "p99-ms")
		b.ReportMetric(quantile(ours, .5)/quantile(bare, .5), "x-bare-p50")
		b.ReportMetric(0, "ns/op")
	}
}

func latencies(b *testing.B, role, dir string) (times []time.Duration) {
	p := start(b, role, dir)
	defer p.end()
	for i := range latencyRounds {
		temp := filepath.Join(dir, "lock.tmp")
		r := lockcore.NewRecord(1000+i, there, time.Now())
		ok(b, os.WriteFile(temp, r.Encode(), 0o600))
		began := time.Now()
		ok(b, os.Rename(temp, filepath.Join(dir, lockcore.LockName)))
		p.sees()
		times = append(times, time.Since(began))
		time.Sleep(lockcore.SettleTime * 5 / 4) // each change meets a watcher at rest
	}
	return times
}

// BenchmarkDeath: from kill(2) of the holder to the child's word.
func BenchmarkDeath(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		p := start(b, roleWatch, dir)
		var times []time.Duration
		for range deathRounds {
			holder := sleeper(b)
			put(b, dir, holder.Process.Pid, here)
			p.sees()
			time.Sleep(lockcore.SettleTime * 5 / 2) // it is watched for its end, and the looks are over
			began := time.Now()
			ok(b, holder.Process.Kill())
			p.sees()
			times = append(times, time.Since(began))
			ok(b, os.Remove(filepath.Join(dir, lockcore.LockName)))
			holder.Wait()
			p.sees()
			time.Sleep(lockcore.SettleTime * 5 / 4)
			p.discard()
		}
		p.end()
		b.ReportMetric(quantile(times, .5), "p50-ms")
		b.ReportMetric(quantile(times, .99), "p99-ms")
		b.ReportMetric(0, "ns/op")
	}
}

// discard takes words that are there already: a zombie that was reaped is one more change of reason.
func (p *program) discard() { p.out.Discard(p.out.Buffered()) }

// BenchmarkStorm: the CPU time that a storm of other files in the store costs, against the bare program's.
func BenchmarkStorm(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		put(b, dir, 1, there)
		bare, ours := storm(b, roleBare, dir), storm(b, roleWatch, dir)
		b.ReportMetric(float64(bare.CPU.Microseconds())/1000, "bare-cpu-ms")
		b.ReportMetric(float64(ours.CPU.Microseconds())/1000, "cpu-ms")
		b.ReportMetric(float64(ours.CPU)/float64(bare.CPU), "x-bare-cpu")
		b.ReportMetric(0, "ns/op")
	}
}

func storm(b *testing.B, role, dir string) cost {
	p := start(b, role, dir)
	for i := range stormFiles {
		name := filepath.Join(dir, fmt.Sprint("records.", i%100, ".db"))
		ok(b, os.WriteFile(name, []byte("x"), 0o600))
		if i%4 == 0 {
			ok(b, os.Rename(name, name+".1"))
		}
	}
	put(b, dir, 2, there) // behind the storm
	p.sees()
	return p.end()
}

// BenchmarkIdle: what waiting costs with a live holder in each store, all numbers of stores at once.
func BenchmarkIdle(b *testing.B) {
	numbers := []int{1, 10, 100}
	for b.Loop() {
		holder := sleeper(b)
		dirs := heldDirs(b, slices.Max(numbers), holder.Process.Pid)
		bare := start(b, roleBare, dirs[0])
		var programs []*program
		for _, n := range numbers {
			programs = append(programs, start(b, roleWatch, dirs[:n]...))
		}
		time.Sleep(*idleTime)
		floor := bare.end()
		b.ReportMetric(float64(floor.Switches), "bare-switches")
		for i, p := range programs {
			c := p.end()
			b.ReportMetric(float64(c.Switches), fmt.Sprint(numbers[i], "-switches"))
			b.ReportMetric(float64(c.Leader), fmt.Sprint(numbers[i], "-leader-switches"))
			b.ReportMetric(float64(c.CPU.Microseconds())/1000, fmt.Sprint(numbers[i], "-cpu-ms"))
			b.ReportMetric(float64(c.RSS)/1e6, fmt.Sprint(numbers[i], "-rss-MB"))
		}
		b.ReportMetric(0, "ns/op")
	}
}

// heldDirs are stores that this process holds.
func heldDirs(b *testing.B, n, pid int) (dirs []string) {
	base := b.TempDir()
	for i := range n {
		dirs = append(dirs, mkdir(b, base, fmt.Sprint(i)))
		put(b, dirs[i], pid, here)
	}
	return dirs
}
