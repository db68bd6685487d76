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
)

// The benchmarks measure the whole program against bare ones, on the same machine in the same run:
//
//	go test ./internal/e2e -run '^$' -bench . -benchtime 1x
//	go test ./internal/e2e -run '^$' -bench . -benchtime 1x -short -idle 1s    # do they still run?
//
// Rounds of the program and of its floor alternate, or both run at once: then a machine whose speed drifts does not matter. A
// metric "floor-X" is the floor's X, "x-X" the ratio of the two. What a figure relies on fails its benchmark; being slow does not.
// packaging/figures runs them all and prints a table.
var idleTime = flag.Duration("idle", time.Minute, "how long BenchmarkIdle and BenchmarkStores wait")

// rounds are enough for a median; the 99th percentile of 100 is the second worst.
func rounds(n int) int {
	if testing.Short() {
		return 2
	}
	return n
}

const (
	// changes are enough for a median; the 99th percentile of 60 is the worst.
	changes = 60
	// rest lets the second look that follows each change after 100 ms pass: a change on top of it would measure that pause.
	rest = 250 * time.Millisecond
	// settled is when a tray has done all that follows its start.
	settled = 3 * time.Second
	// stormTime is long against the 100 ms after which the tray looks again.
	stormTime = 1500 * time.Millisecond
)

// hugeLock is a lock that nobody reads. Like another machine's it deserves no notification, whose process would disturb.
var hugeLock = bytes.Repeat([]byte(" "), tooLarge)

// times are what the rounds took.
type times []time.Duration

func (t times) at(percent int) float64 {
	slices.Sort(t)
	return milliseconds(t[min(len(t)*percent/100, len(t)-1)])
}

// contender is a program in the tray whose signals are timed.
type contender struct {
	desk  *desk
	drawn chan time.Time // when each NewIcon was read from the bus
	times times
	tell  io.Writer // the floor's input
}

// watched returns a contender whose icon is there. It hears NewIcon and nothing else: what a panel does with other signals before
// it comes to this one is the panel's cost.
func watched(d *desk) *contender {
	c := &contender{desk: d, drawn: make(chan time.Time, 1000)}
	d.bus.Listen(d.t, func(*dbus.Signal) { c.drawn <- time.Now() },
		dbus.WithMatchSender(d.item.Owner()), dbus.WithMatchMember("NewIcon"))
	return c
}

// floor is a bare program on a desktop of its own.
func floor(b *testing.B, mode string) *contender {
	d := newDesk(b)
	d.store.make(b)
	in, tell, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); tell.Close() })
	command := d.floor(mode, d.store.dir)
	command.Stdin = in
	d.app = command.Start(b)
	d.item = testdesk.Must(d.watcher.WaitItem(d.ctx()))(b)
	c := watched(d)
	c.tell = tell
	return c
}

func (d *desk) floor(args ...string) testdesk.Command {
	return testdesk.Command{Bus: d.bus, Home: d.home, Path: testdesk.Build(d.t, "internal/e2e/testdata/floor"), Args: args}
}

// BenchmarkChange measures from the rename of the lock to the NewIcon signal, against a program that sends that signal and nothing
// else, and against one that gives the tray library an icon and does nothing else.
func BenchmarkChange(b *testing.B) {
	bare, library := floor(b, "signal"), floor(b, "library")
	d := newDesk(b)
	d.store.make(b)
	d.start().waitIcon(icons.Unlocked)
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

// change measures from the rename of another machine's lock to the icon, and then puts one in its place that nobody reads.
func (c *contender) change() {
	staged := c.desk.store.stage(c.desk.t, record(foreignPID, "mac-mini"))
	c.time(func() error { return os.Rename(staged, c.desk.store.lock()) })
	time.Sleep(rest)
	c.forget()
	c.desk.store.write(c.desk.t, hugeLock)
	c.next()
}

// time measures from an act to the next icon.
func (c *contender) time(act func() error) {
	time.Sleep(rest)
	c.forget()
	begun := time.Now()
	if err := act(); err != nil {
		c.desk.t.Fatal(err)
	}
	c.times = append(c.times, c.next().Sub(begun))
}

// forget drops the icons of what was before.
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

// BenchmarkDeath measures from the end of a live holder to the NewIcon signal, against a program that waits for a pidfd.
func BenchmarkDeath(b *testing.B) {
	bare := floor(b, "death")
	d := newDesk(b)
	d.store.make(b)
	d.start().waitIcon(icons.Unlocked)
	app := watched(d)
	for b.Loop() {
		for range rounds(50) {
			bare.bury(bare.toldOf)
			app.bury(app.held)
			d.waitIcon(icons.Stale)
		}
	}
	report(b, app.times, bare.times)
}

// bury ends a holder that the program watches.
func (c *contender) bury(watch func(pid int)) {
	holder := c.desk.store.daemon()
	if err := holder.Start(); err != nil {
		c.desk.t.Fatal(err)
	}
	watch(holder.Process.Pid)
	c.time(holder.Process.Kill)
	_ = holder.Wait() // it was killed
}

// toldOf waits until the floor watches the process.
func (c *contender) toldOf(pid int) {
	fmt.Fprintln(c.tell, pid)
	testdesk.Must(c.desk.app.WaitLine(c.desk.ctx(), fmt.Sprint("watching ", pid)))(c.desk.t)
}

// held waits until the tray shows the process as the holder.
func (c *contender) held(pid int) {
	c.desk.store.write(c.desk.t, record(pid, host))
	c.desk.waitIcon(icons.HeldHere)
}

// BenchmarkLockStorm measures a lock that is replaced as fast as it goes: how often the icon changes, and how long after the last
// change it is the right one.
func BenchmarkLockStorm(b *testing.B) {
	d := newDesk(b)
	d.store.make(b)
	d.start().waitIcon(icons.Unlocked)
	app, often := watched(d), 0.0
	for b.Loop() {
		for range rounds(20) {
			often = max(often, app.storm())
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(often, "icons/s")
	b.ReportMetric(app.times.at(50), "p50-ms")
	b.ReportMetric(app.times.at(100), "max-ms")
}

// storm returns the icons per second. It ends with a lock that the storm has not in it: this process'.
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

// BenchmarkStart measures from exec to the registered icon.
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
	b.ReportMetric(0, "ns/op") // the rests between are no cost
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
