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
	"lockbar/internal/testfs"
)

const (
	// parts is the number of parts of a run. The first part is the warm-up, with which the last part is compared.
	parts = 3
	// moreFiles and moreThreads are the allowed growth between the maximum of the first part and the minimum of the last. A leak
	// raises the minimum; temporary use (a delivery under way) does not. A Go program sometimes starts another thread.
	moreFiles, moreThreads = 2, 4
	// heapOfBeginning is the allowed growth of the memory in a run with fewer than manySamples, and heapOfRun in a longer one. The heap
	// grows by some megabytes before its first collection. In a long run that belongs to the warm-up.
	heapOfBeginning, heapOfRun = 8 << 20, 2 << 20
	manySamples                = 300
	fewSamples                 = 30
	// moreGoroutines is the allowed difference to a new tray with the same stores.
	moreGoroutines = 2
)

// least returns the minimum of each number that must stay flat.
func least(samples []testdesk.Usage) testdesk.Usage {
	u := samples[0]
	for _, s := range samples {
		u = testdesk.Usage{Files: min(u.Files, s.Files), Threads: min(u.Threads, s.Threads), RSS: min(u.RSS, s.RSS)}
	}
	return u
}

func most(samples []testdesk.Usage) testdesk.Usage {
	var u testdesk.Usage
	for _, s := range samples {
		u = testdesk.Usage{Files: max(u.Files, s.Files), Threads: max(u.Threads, s.Threads), RSS: max(u.RSS, s.RSS)}
	}
	return u
}

// grew describes each growth beyond the allowed one.
func grew(samples []testdesk.Usage) (growth []string) {
	if len(samples) < fewSamples {
		return nil // too few samples prove nothing; compare still checks
	}
	first, last := most(samples[:len(samples)/parts]), least(samples[len(samples)-len(samples)/parts:])
	moreMemory := heapOfBeginning
	if len(samples) >= manySamples {
		moreMemory = heapOfRun
	}
	for _, c := range []struct {
		name            string
		was, is, margin int
	}{
		{"descriptors", first.Files, last.Files, moreFiles},
		{"threads", first.Threads, last.Threads, moreThreads},
		{"bytes of memory", first.RSS, last.RSS, moreMemory},
	} {
		if c.is > c.was+c.margin {
			growth = append(growth, fmt.Sprintf("%s: at most %d in the first part, at least %d in the last part", c.name, c.was, c.is))
		}
	}
	return growth
}

// sample returns the usage of the tray, without the descriptor for each holder whose end the tray waits for.
func (p *player) sample() testdesk.Usage {
	u := testdesk.UsageOf(p.t, p.app.PID())
	for _, s := range p.world.stores {
		if s.holder.alive {
			u.Files--
		}
	}
	return u
}

// flat fails the test if the tray's usage grew.
func (p *player) flat() {
	for n := range parts {
		part := p.samples[n*len(p.samples)/parts : (n+1)*len(p.samples)/parts]
		if len(part) > 0 {
			p.t.Logf("part %d of %d: %+v to %+v", n+1, parts, least(part), most(part))
		}
	}
	for _, growth := range grew(p.samples) {
		p.t.Errorf("the tray's usage grew: %s", growth)
	}
	if output := p.app.Stderr(); strings.Contains(output, "panic") || strings.Contains(output, "goroutine ") {
		p.t.Errorf("the tray printed %s", output)
	}
	p.rest()
	p.compare(p.fresh())
}

// rest ends everything for which the tray temporarily needs descriptors and goroutines: holders and deliveries.
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
	if e.kind.can(p.world, p.world.stores[e.store]) {
		p.happen(e)
	}
}

// fresh starts a new tray for the same stores. Like the old tray it has shown a message.
func (p *player) fresh() *testdesk.Process {
	d, command := newDesk(p.t), p.command("tray")
	command.Bus, command.Env = d.bus, append(command.Env, "LOCKBAR_STATE_DIR="+d.home.State())
	d.app = command.Start(p.t)
	d.item = testdesk.Must(d.watcher.WaitItem(d.ctx()))(p.t)
	testdesk.Must(d.item.WaitMenu(d.ctx(), looked))(p.t)
	d.choose("Send a Test Notification")
	testdesk.Must(d.notes.WaitCount(d.ctx(), 1))(p.t)
	return d.app
}

// looked reports whether the tray has looked at both stores.
func looked(menu testdesk.Entry) bool {
	_, first := menu.FindShown(shortNames[0] + " · Looking")
	_, second := menu.FindShown(shortNames[1] + " · Looking")
	return !first && !second
}

// compare fails the test if the old tray at rest has more descriptors or goroutines than the new one, beyond the allowed difference. It
// ends both, to get their tracebacks.
func (p *player) compare(fresh *testdesk.Process) {
	want := testdesk.UsageOf(p.t, fresh.PID())
	got := p.lessFiles(want.Files + moreFiles)
	p.t.Logf("usage at rest: %+v, of a new tray %+v", got, want)
	if got.Files > want.Files+moreFiles {
		p.t.Errorf("descriptors were left open: %v", openFiles(p.app.PID()))
	}
	before, after := traceback(p.t, fresh), traceback(p.t, p.app)
	p.t.Logf("goroutines at rest: %d, of a new tray %d", len(after), len(before))
	if len(after) > len(before)+moreGoroutines {
		slices.Sort(after)
		p.t.Errorf("goroutines were left behind:\n%s", strings.Join(after, "\n"))
	}
}

// lessFiles returns the usage once at most this number of descriptors is open, or after deadline. A delivery may still be under way, and no
// event tells its end.
func (p *player) lessFiles(most int) testdesk.Usage {
	const interval = 50 * time.Millisecond
	for end := time.Now().Add(deadline); ; time.Sleep(interval) {
		if u := testdesk.UsageOf(p.t, p.app.PID()); u.Files <= most || time.Now().After(end) {
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

// traceback ends a process and returns the stacks of its goroutines, except those of the runtime, whose number varies.
func traceback(t testing.TB, p *testdesk.Process) (all []string) {
	t.Helper()
	testfs.Check(t, p.Signal(syscall.SIGQUIT))
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
