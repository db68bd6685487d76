//go:build linux

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/testdesk"
)

// usage is what a process needs.
type usage struct{ files, threads, kilobytes int }

func usageOf(t testing.TB, pid int) usage {
	t.Helper()
	u := testdesk.UsageOf(t, pid)
	return usage{u.Files, u.Threads, u.RSS >> 10}
}

const (
	// parts: the first of them is warm-up with what was reached in it, the last is compared with it.
	parts = 3
	// Growth allowed between the least of the last part and the most of the first. A leak raises the least; what comes and
	// goes (a delivery under way) does not. A Go program takes a thread more now and then.
	moreFiles, moreThreads = 2, 4
	// Its heap takes some megabytes before it is collected for the first time; in a run of so many samples that is warm-up.
	heapOfBeginning, heapOfRun = 8 << 10, 2 << 10
	manySamples                = 300
	fewSamples                 = 30
	// Allowed beyond a tray that has just been started, for the same stores.
	moreGoroutines = 2
)

// least and most are taken number by number.
func least(samples []usage) usage {
	u := samples[0]
	for _, s := range samples {
		u = usage{min(u.files, s.files), min(u.threads, s.threads), min(u.kilobytes, s.kilobytes)}
	}
	return u
}

func most(samples []usage) usage {
	var u usage
	for _, s := range samples {
		u = usage{max(u.files, s.files), max(u.threads, s.threads), max(u.kilobytes, s.kilobytes)}
	}
	return u
}

// grew says what grew, or nothing.
func grew(samples []usage) (what []string) {
	if len(samples) < fewSamples {
		return nil // what was there by chance in a third of so few tells nothing; compare still does
	}
	first, last := most(samples[:len(samples)/parts]), least(samples[len(samples)-len(samples)/parts:])
	moreKilobytes := heapOfBeginning
	if len(samples) >= manySamples {
		moreKilobytes = heapOfRun
	}
	for _, c := range []struct {
		name            string
		was, is, margin int
	}{
		{"descriptors", first.files, last.files, moreFiles},
		{"threads", first.threads, last.threads, moreThreads},
		{"kB of memory", first.kilobytes, last.kilobytes, moreKilobytes},
	} {
		if c.is > c.was+c.margin {
			what = append(what, fmt.Sprintf("%s: %d at most at first, %d at least at last", c.name, c.was, c.is))
		}
	}
	return what
}

// sample is what the tray needs, without the descriptor for each holder that it waits for.
func (p *player) sample() usage {
	u := usageOf(p.t, p.tray.PID())
	for _, s := range p.world.stores {
		if s.holder.alive {
			u.files--
		}
	}
	return u
}

// flat fails the test where the tray's needs grew.
func (p *player) flat() {
	for n := range parts {
		part := p.samples[n*len(p.samples)/parts : (n+1)*len(p.samples)/parts]
		if len(part) > 0 {
			p.t.Logf("part %d of %d: %+v to %+v", n+1, parts, least(part), most(part))
		}
	}
	for _, what := range grew(p.samples) {
		p.t.Errorf("the tray's need grew: %s", what)
	}
	if said := p.tray.Stderr(); strings.Contains(said, "panic") || strings.Contains(said, "goroutine ") {
		p.t.Errorf("the tray said %s", said)
	}
	p.rest()
	p.compare(p.fresh())
}

// rest ends all that takes descriptors and goroutines for as long as it lasts: holders that are waited for, deliveries.
func (p *player) rest() {
	for i := range p.world.stores {
		p.finish(event{store: i, kind: kindNamed("crash")})
		p.finish(event{kind: kindNamed("notifier-answers")})
		p.finish(event{kind: kindNamed("notifier-starts")})
	}
	if _, err := p.quiet(); err != nil {
		p.t.Fatalf("at the end: %v", err)
	}
}

// finish plays an event if it can happen.
func (p *player) finish(e event) {
	if !e.kind.can(p.world, p.world.stores[e.store]) {
		return
	}
	if _, err := e.kind.do(p.stage, e); err != nil {
		p.t.Fatal(err)
	}
	p.world = apply(p.world, e)
}

// fresh is a tray for the same stores that has just been started and, as the other one, has shown a message.
func (p *player) fresh() *testdesk.Process {
	bus := testdesk.NewBus(p.t)
	panel, notes := testdesk.NewWatcher(p.t, bus), testdesk.NewNotifications(p.t, bus)
	command := p.command("tray")
	command.Bus, command.Env = bus, append(command.Env, "LOCKBAR_STATE_DIR="+greeted(p.t))
	fresh := command.Start(p.t)
	ctx := testdesk.Deadline(p.t)
	item := testdesk.Must(panel.WaitItem(ctx))(p.t)
	testdesk.Must(item.WaitMenu(ctx, looked))(p.t)
	if err := item.ClickLabel(ctx, "Send a Test Notification"); err != nil {
		p.t.Fatal(err)
	}
	testdesk.Must(notes.WaitCount(ctx, 1))(p.t)
	return fresh
}

// greeted is a state directory of an app that has run before.
func greeted(t testing.TB) string {
	dir := t.TempDir()
	testdesk.Greet(t, dir)
	return dir
}

// looked: nothing is still to be looked at.
func looked(menu testdesk.Entry) bool {
	_, first := menu.FindShown(shortNames[0] + " · Looking")
	_, second := menu.FindShown(shortNames[1] + " · Looking")
	return !first && !second
}

// compare: at rest the old tray needs no more than the fresh one. Both are asked for a traceback, which ends them.
func (p *player) compare(fresh *testdesk.Process) {
	was := usageOf(p.t, fresh.PID())
	is := p.lessFiles(was.files + moreFiles)
	p.t.Logf("at rest: %+v, of a fresh tray %+v", is, was)
	if is.files > was.files+moreFiles {
		p.t.Errorf("descriptors were left open: %v", openFiles(p.tray.PID()))
	}
	before, after := traceback(p.t, fresh), traceback(p.t, p.tray)
	p.t.Logf("goroutines at rest: %d, of a fresh tray %d", len(after), len(before))
	if len(after) > len(before)+moreGoroutines {
		slices.Sort(after)
		p.t.Errorf("goroutines were left behind:\n%s", strings.Join(after, "\n"))
	}
}

// lessFiles waits until no more descriptors are open than these: a delivery may be under way, of which no event tells.
func (p *player) lessFiles(most int) usage {
	const look = 50 * time.Millisecond
	for end := time.Now().Add(deadline); ; time.Sleep(look) {
		if u := usageOf(p.t, p.tray.PID()); u.files <= most || time.Now().After(end) {
			return u
		}
	}
}

func openFiles(pid int) (all []string) {
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, link := range links {
		target, _ := os.Readlink(link)
		all = append(all, target)
	}
	return all
}

// traceback ends a process and lists where its goroutines were, but for those of the runtime, whose number breathes.
func traceback(t testing.TB, p *testdesk.Process) (all []string) {
	t.Helper()
	if err := p.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if _, err := p.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(p.Stderr(), "\n\n") {
		if strings.HasPrefix(part, "goroutine ") && !strings.HasPrefix(part, "goroutine 0 ") && !strings.Contains(part, "created by runtime.") {
			all = append(all, part)
		}
	}
	return all
}
