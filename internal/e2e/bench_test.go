//go:build linux

package e2e

import (
	"bytes"
	"flag"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// The figures of the whole program against bare ones on the same machine in
// the same run:
//
//	go test -run '^$' -bench . -benchtime 1x ./internal/e2e
//
// Nothing here fails for being slow.
var idleTime = flag.Duration("idle", time.Minute, "how long BenchmarkIdle waits")

const (
	// changes and starts are enough for a median; the 99th percentile of 100
	// is the second worst.
	changes = 100
	starts  = 20
	asks    = 50
	storms  = 20
	// stormTime is long against the 100 ms after which the tray looks again.
	stormTime = 1500 * time.Millisecond
	// rest lets the second look that follows each change after 100 ms pass: a
	// change on top of it would measure that pause.
	rest = 250 * time.Millisecond
	// settled is when a tray has done all that follows its start.
	settled = 3 * time.Second
)

// contender is a program in the tray whose signals are timed.
type contender struct {
	desk  *desk
	drawn chan time.Time // when each NewIcon was read from the bus
	times []time.Duration
}

// watched is a contender whose icon is there, with somebody on its bus who
// hears NewIcon and nothing else: what a panel does with other signals before
// it comes to this one is the panel's cost.
func watched(d *desk) *contender {
	c := &contender{desk: d, drawn: make(chan time.Time, 2*changes)}
	d.bus.Listen(d.t, func(*dbus.Signal) { c.drawn <- time.Now() },
		dbus.WithMatchSender(d.item.Owner()), dbus.WithMatchMember("NewIcon"))
	return c
}

// floor is a bare program on a desktop of its own.
func floor(b *testing.B, args ...string) *contender {
	d := newDesk(b)
	d.store.make(b)
	d.app = d.floor(args...).Start(b)
	d.item = testdesk.Must(d.watcher.WaitItem(d.ctx()))(b)
	return watched(d)
}

func (d *desk) floor(args ...string) testdesk.Command {
	path := testdesk.Build(d.t, "internal/e2e/testdata/floor")
	return testdesk.Command{Bus: d.bus, Home: d.home, Path: path, Args: append([]string{d.store.dir}, args...)}
}

// BenchmarkChangeToNewIcon: from the rename of the lock to the NewIcon signal,
// against a program that sends that signal and nothing else (x-floor), and
// against one that gives the tray library an icon and does nothing else
// (x-library).
func BenchmarkChangeToNewIcon(b *testing.B) {
	bare, library := floor(b), floor(b, "library")
	d := newDesk(b)
	d.store.make(b)
	d.start().waitIcon(icons.Unlocked)
	app := watched(d)
	for b.Loop() {
		for n := range changes {
			bare.change(n)
			library.change(n)
			app.change(n)
		}
	}
	report(b, app, bare)
	slices.Sort(library.times)
	b.ReportMetric(float64(app.at(50))/float64(library.at(50)), "x-library")
}

// change renames a lock into place and waits for the icon. The two contents
// never deserve a notification, whose process would disturb: a foreign lock,
// and one too large to be read.
func (c *contender) change(n int) {
	content := record(foreignPID, "mac-mini")
	if n%2 == 1 {
		content = bytes.Repeat([]byte(" "), 64<<10+1)
	}
	staged := c.desk.store.stage(c.desk.t, content)
	time.Sleep(rest)
	for len(c.drawn) > 0 { // of the start
		<-c.drawn
	}
	changed := time.Now()
	if err := os.Rename(staged, c.desk.store.lock()); err != nil {
		c.desk.t.Fatal(err)
	}
	select {
	case at := <-c.drawn:
		c.times = append(c.times, at.Sub(changed))
	case <-c.desk.ctx().Done():
		c.desk.t.Fatal("no new icon")
	}
}

// BenchmarkLockStorm: a lock that is replaced as fast as it goes. How often
// the icon changes, and how long after the last change it is the right one.
func BenchmarkLockStorm(b *testing.B) {
	d := newDesk(b)
	d.store.make(b)
	d.start().waitIcon(icons.Unlocked)
	app, often := watched(d), 0.0
	for b.Loop() {
		for range storms {
			often = max(often, app.storm())
		}
	}
	slices.Sort(app.times)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(often, "icons/s")
	b.ReportMetric(milliseconds(app.at(50)), "last-p50-ms")
	b.ReportMetric(milliseconds(app.times[len(app.times)-1]), "last-max-ms")
}

// storm gives the icons per second. It ends with a lock that the storm has not
// in it: this process'.
func (c *contender) storm() float64 {
	d := c.desk
	foreign, tooLarge := record(foreignPID, "mac-mini"), bytes.Repeat([]byte(" "), 64<<10+1)
	began := time.Now()
	for len(c.drawn) > 0 {
		<-c.drawn
	}
	for time.Since(began) < stormTime {
		d.store.write(d.t, foreign)
		d.store.write(d.t, tooLarge)
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
	return float64(drawn) / last.Sub(began).Seconds()
}

// BenchmarkStart: from exec to the registered icon.
func BenchmarkStart(b *testing.B) {
	bare, app := &contender{desk: newDesk(b)}, &contender{desk: newDesk(b)}
	for _, c := range []*contender{bare, app} {
		c.desk.store.takeOver(b, "mac-mini")
	}
	for b.Loop() {
		for range starts {
			bare.register(bare.desk.floor())
			app.register(app.desk.command("tray"))
		}
	}
	report(b, app, bare)
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

// BenchmarkStatus: one `lockbar status` against a program that does nothing.
func BenchmarkStatus(b *testing.B) {
	runtime.LockOSThread() // for peak
	defer runtime.UnlockOSThread()
	home := testdesk.NewHome(b)
	store{home.Store()}.takeOver(b, "mac-mini")
	env, args := append(home.Env(), "LOCKBAR_HOSTNAME="+host), []string{"status"}
	lockbar, nothing := testdesk.Lockbar(b), testdesk.Build(b, "internal/e2e/testdata/nothing")
	app, bare := &contender{}, &contender{}
	for b.Loop() {
		for range asks {
			bare.times = append(bare.times, run(b, nothing, nil, env))
			app.times = append(app.times, run(b, lockbar, args, env))
		}
		b.ReportMetric(megabytes(peak(b, nothing, nil, env)), "floor-rss-MB")
		b.ReportMetric(megabytes(peak(b, lockbar, args, env)), "rss-MB")
	}
	report(b, app, bare)
}

// BenchmarkIdle: what the icon of a held store costs while nothing happens,
// beside the bare program, which never wakes, and a Go program that wakes for
// the same polls and does nothing then.
func BenchmarkIdle(b *testing.B) {
	bare, app := floor(b), newDesk(b)
	app.store.make(b)
	app.start().hold()
	ticker := testdesk.Command{Home: app.home, Path: testdesk.Build(b, "internal/e2e/testdata/ticker")}.Start(b)
	testdesk.Must(ticker.WaitLine(app.ctx(), "ready"))(b)
	pids := map[string]int{"floor-": bare.desk.app.PID(), "ticker-": ticker.PID(), "": app.app.PID()}
	for b.Loop() {
		time.Sleep(settled)
		before := map[string]testdesk.Usage{}
		for name, pid := range pids {
			before[name] = testdesk.UsageOf(b, pid)
		}
		time.Sleep(*idleTime)
		for name, pid := range pids {
			u := testdesk.UsageOf(b, pid)
			b.ReportMetric(float64(u.Switches-before[name].Switches), name+"switches")
			b.ReportMetric(milliseconds(u.CPU-before[name].CPU), name+"cpu-ms")
			b.ReportMetric(megabytes(u.RSS), name+"rss-MB")
		}
	}
	b.ReportMetric(0, "ns/op")
}

// report prints percentiles, and the ratio of the
// medians.
func report(b *testing.B, app, bare *contender) {
	slices.Sort(app.times)
	slices.Sort(bare.times)
	b.ReportMetric(0, "ns/op") // the rests between are no cost
	b.ReportMetric(milliseconds(bare.at(50)), "floor-p50-ms")
	b.ReportMetric(milliseconds(app.at(50)), "p50-ms")
	b.ReportMetric(milliseconds(app.at(99)), "p99-ms")
	b.ReportMetric(float64(app.at(50))/float64(bare.at(50)), "x-floor")
}

func (c *contender) at(percent int) time.Duration {
	return c.times[min(len(c.times)*percent/100, len(c.times)-1)]
}

func megabytes(bytes int) float64 { return float64(bytes) / 1e6 }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
