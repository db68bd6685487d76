//go:build linux

package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"lockbar/icons"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// Most benchmarks compare the whole program with a floor, a bare program, on the same machine in the same run:
//
//	go test ./internal/e2e -run '^$' -bench . -benchtime 1x
//	go test ./internal/e2e -run '^$' -bench . -benchtime 1x -short -idle 1s    # checks that they run
//
// Rounds of the program and of its floor alternate, or both run at once, so that a machine whose speed changes does not matter. A
// metric "floor-X" is the floor's X, and "x-X" the ratio of the two. A benchmark fails if a precondition of its figure fails, but not if
// a program is slow. packaging/figures runs all but BenchmarkProfile and prints a table.

// idleTime is the time over which the idle programs are measured.
var idleTime = flag.Duration("idle", time.Minute, "how long BenchmarkIdle and BenchmarkStores wait")

// rounds returns n, or 2 in the short form.
func rounds(n int) int {
	if testing.Short() {
		return 2
	}
	return n
}

const (
	// changes is the number of measured changes. It is enough for a median; the 99th percentile of 60 is the maximum.
	changes = 60
	// rest is the pause between two changes. It is longer than the 100 ms between a change and its recheck: an earlier change would
	// be noticed only at that recheck.
	rest = 250 * time.Millisecond
	// settled is the time after which a started tray is idle.
	settled = 3 * time.Second
	// stormTime is the duration of a storm, which is long compared to the 100 ms between rechecks.
	stormTime = 1500 * time.Millisecond
)

// hugeLock is a lock that is too large to be read. A change between it and another machine's lock causes no notification, which would
// disturb the measurement.
var hugeLock = bytes.Repeat([]byte(" "), tooLarge)

// times lists the durations of the rounds.
type times []time.Duration

func (t times) at(percent int) float64 {
	slices.Sort(t)
	return milliseconds(t[min(len(t)*percent/100, len(t)-1)])
}

// contender is a program in the tray whose signals are timed.
type contender struct {
	desk  *desk
	drawn chan time.Time // the time of each NewIcon
	times times
	input io.Writer // the standard input of a floor
}

// watched returns a contender for the item that the desk shows. It listens only to NewIcon, because the time that a panel spends on
// other signals is the panel's cost.
func watched(d *desk) *contender {
	c := &contender{desk: d, drawn: make(chan time.Time, 1000)}
	d.bus.Listen(d.t, func(*dbus.Signal) { c.drawn <- time.Now() },
		dbus.WithMatchSender(d.item.Owner()), dbus.WithMatchMember("NewIcon"))
	return c
}

// floor starts a bare program on a desktop of its own.
func floor(b *testing.B, mode string) *contender {
	d := newDesk(b)
	d.store.make(b)
	stdin, input, err := os.Pipe()
	testfs.Check(b, err)
	b.Cleanup(func() { stdin.Close(); input.Close() })
	command := d.floor(mode, d.store.dir)
	command.Stdin = stdin
	d.app = command.Start(b)
	d.item = testdesk.Must(d.watcher.WaitItem(d.ctx()))(b)
	c := watched(d)
	c.input = input
	return c
}

// floor returns the command that runs the bare program in this session.
func (d *desk) floor(args ...string) testdesk.Command {
	return testdesk.Command{Bus: d.bus, Home: d.home, Path: testdesk.Build(d.t, "internal/e2e/testdata/floor"), Args: args}
}

// BenchmarkChange measures the time from the rename of the lock to the NewIcon signal, against a program that only sends this signal, and
// against a program that only gives the tray library an icon.
func BenchmarkChange(b *testing.B) {
	bare, library := floor(b, "signal"), floor(b, "library")
	d := freeDesk(b)
	app := watched(d)
	for b.Loop() {
		for range rounds(changes) {
			bare.change()
			library.change()
			app.change()
		}
	}
	d.waitIcon(icons.Unknown)
	report(b, app.times, bare.times)
	against(b, "library-p50-ms", library.times.at(50), bare.times.at(50))
}

// change measures the time from the rename of another machine's lock to the icon, and then replaces the lock with hugeLock.
func (c *contender) change() {
	staged := c.desk.store.stage(c.desk.t, record(foreignPID, "mac-mini"))
	c.time(func() error { return os.Rename(staged, c.desk.store.lock()) })
	time.Sleep(rest)
	c.forget()
	c.desk.store.write(c.desk.t, hugeLock)
	c.next()
}

// time measures the time from a change to the next icon.
func (c *contender) time(change func() error) {
	time.Sleep(rest)
	c.forget()
	begun := time.Now()
	if err := change(); err != nil {
		c.desk.t.Fatal(err)
	}
	c.times = append(c.times, c.next().Sub(begun))
}

// forget drops the icons of earlier changes.
func (c *contender) forget() {
	for len(c.drawn) > 0 {
		<-c.drawn
	}
}

func (c *contender) next() time.Time {
	c.desk.t.Helper()
	select {
	case at := <-c.drawn:
		return at
	case <-c.desk.ctx().Done():
		c.desk.t.Fatal("no new icon")
	}
	panic("unreachable")
}

// BenchmarkDeath measures the time from the end of a live holder to the NewIcon signal, against a program that waits for a pidfd.
func BenchmarkDeath(b *testing.B) {
	bare := floor(b, "death")
	d := freeDesk(b)
	app := watched(d)
	for b.Loop() {
		for range rounds(50) {
			bare.kill(bare.waitWatched)
			app.kill(app.waitHeld)
			d.waitIcon(icons.Stale)
		}
	}
	report(b, app.times, bare.times)
}

// kill starts a holder, waits until the program watches it, and measures the time from the holder's end to the next icon.
func (c *contender) kill(waitWatched func(pid int)) {
	holder := c.desk.store.startDaemon(c.desk.t)
	waitWatched(holder.pid())
	c.time(holder.Process.Kill)
	holder.end()
}

// waitWatched waits until the floor watches the process.
func (c *contender) waitWatched(pid int) {
	fmt.Fprintln(c.input, pid)
	testdesk.Must(c.desk.app.WaitLine(c.desk.ctx(), fmt.Sprint("watching ", pid)))(c.desk.t)
}

// waitHeld waits until the tray shows the process as the holder.
func (c *contender) waitHeld(pid int) {
	c.desk.store.write(c.desk.t, record(pid, host))
	c.desk.waitIcon(icons.HeldHere)
}

// BenchmarkLockStorm replaces a lock without pause. It measures how often the icon changes, and how long after the last change of the
// lock the icon changes last.
func BenchmarkLockStorm(b *testing.B) {
	d := freeDesk(b)
	app, perSecond := watched(d), 0.0
	for b.Loop() {
		for range rounds(20) {
			perSecond = max(perSecond, app.storm())
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(perSecond, "icons/s")
	b.ReportMetric(app.times.at(50), "p50-ms")
	b.ReportMetric(app.times.at(100), "max-ms")
}

// storm replaces the lock for stormTime, last with a lock of this process, and returns the icons per second.
func (c *contender) storm() float64 {
	d := c.desk
	foreign := record(foreignPID, "mac-mini")
	c.forget()
	begun := time.Now()
	for time.Since(begun) < stormTime {
		d.store.write(d.t, foreign)
		d.store.write(d.t, hugeLock)
	}
	staged := d.store.stage(d.t, record(os.Getpid(), host))
	changed := time.Now()
	if err := os.Rename(staged, d.store.lock()); err != nil {
		d.t.Fatal(err)
	}
	d.waitIcon(icons.HeldHere)
	time.Sleep(rest)
	drawn := len(c.drawn)
	last := changed
	for len(c.drawn) > 0 {
		last = <-c.drawn
	}
	c.times = append(c.times, last.Sub(changed))
	return float64(drawn) / last.Sub(begun).Seconds()
}

// BenchmarkStart measures the time from exec to the registered icon.
func BenchmarkStart(b *testing.B) {
	bare, app := &contender{desk: newDesk(b)}, &contender{desk: newDesk(b)}
	for _, c := range []*contender{bare, app} {
		c.desk.store.takeOver(b, "mac-mini")
	}
	for b.Loop() {
		for range rounds(30) {
			bare.register(bare.desk.floor("signal", bare.desk.store.dir))
			app.register(app.desk.command("tray"))
		}
	}
	report(b, app.times, bare.times)
}

// register starts a program, waits for its icon, and ends it.
func (c *contender) register(command testdesk.Command) {
	ctx := testdesk.Deadline(c.desk.t)
	p := command.Start(c.desk.t)
	item := testdesk.Must(c.desk.watcher.WaitItem(ctx))(c.desk.t)
	c.times = append(c.times, item.Registered().Sub(p.Started))
	p.Kill()
	if err := item.WaitGone(ctx); err != nil {
		c.desk.t.Fatal(err)
	}
	testdesk.Must(p.Wait(ctx))(c.desk.t)
}

// report prints percentiles.
func report(b *testing.B, app, bare times) {
	b.ReportMetric(0, "ns/op") // omits this metric, which would include the pauses
	against(b, "p50-ms", app.at(50), bare.at(50))
	against(b, "p99-ms", app.at(99), bare.at(99))
}

// against prints a figure, its floor and their ratio.
func against(b *testing.B, unit string, app, floor float64) {
	b.ReportMetric(app, unit)
	b.ReportMetric(floor, "floor-"+unit)
	if floor > 0 {
		b.ReportMetric(app/floor, "x-"+unit)
	}
}

func megabytes(bytes int) float64 { return float64(bytes) / 1e6 }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
