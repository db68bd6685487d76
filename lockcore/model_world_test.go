package lockcore

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// A world is a few machines that share one store through a sync engine. Processes, clocks and mail are simulated; the judgement is the
// real one. Everything in it follows from the seed.
type world struct {
	rng      *rand.Rand
	now      time.Time // the true time
	hosts    []*host
	mail     []letter
	history  map[string][]version
	wrote    map[Token]*process
	parsed   map[string]*Announcement // by content; nil if it is not an announcement
	serial   uint64
	numbers  int  // number of PIDs: few, so that daemons of two machines often have the same one
	quiet    bool // nothing happens any more, and mail is quick
	still    bool // quiet, and every announcement has been made
	noCopies bool // the engine keeps no conflict copies
	mutant   mutant
	tracing  bool
	trace    strings.Builder
	failure  string
}

// modelStart is later than the boot of any machine that runs the model, since production code now and then reads the real boot time.
var modelStart = time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC)

const modelDir = "/model/store"

func newWorld(seed uint64, m mutant) *world {
	w := &world{rng: rand.New(rand.NewPCG(seed, 0)), now: modelStart, mutant: m, history: map[string][]version{}, wrote: map[Token]*process{},
		parsed: map[string]*Announcement{}}
	w.noCopies, w.numbers = w.chance(50), 1+w.rng.IntN(2)
	twins := w.chance(30)
	for i := range 2 + w.rng.IntN(mostHosts-1) {
		name := string(rune('a' + i))
		h := newHost(w, i, "mac-"+name)
		if twins && i == 1 {
			h.name = w.hosts[0].name
		}
		w.hosts = append(w.hosts, h)
	}
	return w
}

// pauses lists bounds of the pause between two acts. The longest one lets announcements expire.
var pauses = []time.Duration{time.Second, time.Second, 20 * time.Second, 2 * time.Minute, 2 * time.Minute, 12 * time.Minute}

// run plays a schedule and returns the rule that was broken, or "".
func (w *world) run() string {
	for range 10 + w.rng.IntN(30) {
		w.act()
		w.pass(w.upTo(pauses[w.rng.IntN(len(pauses))]))
	}
	w.rest()
	return w.failure
}

// anyPID returns a number that no real process has, since production code now and then asks for real processes.
func (w *world) anyPID() int { return MaxPID - 1 - w.rng.IntN(w.numbers) }

func (w *world) chance(percent int) bool { return w.rng.IntN(100) < percent }

// upTo returns a random duration of whole milliseconds. It is never zero, so that time passes between two acts.
func (w *world) upTo(most time.Duration) time.Duration {
	return time.Duration(1+w.rng.Int64N(most.Milliseconds())) * time.Millisecond
}

func (w *world) log(h *host, format string, args ...any) {
	if w.tracing {
		fmt.Fprintf(&w.trace, "%s %s %s\n", w.now.Format("15:04:05.000"), h.id[:1], fmt.Sprintf(format, args...))
	}
}

func (w *world) fail(h *host, format string, args ...any) {
	w.log(h, "FAILS: "+format, args...)
	if w.failure == "" {
		w.failure = h.id[:1] + ": " + fmt.Sprintf(format, args...)
	}
}

// pass advances the time, and does everything that is due meanwhile.
func (w *world) pass(d time.Duration) {
	end := w.now.Add(d)
	for w.failure == "" {
		w.now = w.nextDue(end)
		w.deliver()
		for _, h := range w.hosts {
			h.advance()
		}
		if !w.now.Before(end) && !w.nextDue(end.Add(1)).Before(end) {
			return
		}
	}
}

func (w *world) nextDue(end time.Time) time.Time {
	next := end
	for _, l := range w.mail {
		if !l.to.asleep {
			next = earliest(next, l.due)
		}
	}
	for _, h := range w.hosts {
		next = earliest(next, h.nextDue(end))
	}
	if next.Before(w.now) {
		return w.now
	}
	return next
}

// act does one random thing on one machine.
func (w *world) act() {
	h := w.hosts[w.rng.IntN(len(w.hosts))]
	if h.asleep || w.chance(4) {
		h.sleepOrWake()
		return
	}
	acts := []struct {
		weight int
		do     func()
	}{
		{30, h.startDaemon}, {12, h.endDaemon}, {14, h.crashDaemon}, {4, h.reapAndReuse}, {5, h.reboot}, {12, h.startOrStop},
		{8, h.resurrect}, {4, h.dropGarbage}, {3, h.removeCopies}, {3, h.unlock}, {2, h.rename}, {10, func() {}},
	}
	sum := 0
	for _, a := range acts {
		sum += a.weight
	}
	n := w.rng.IntN(sum)
	for _, a := range acts {
		if n -= a.weight; n < 0 {
			a.do()
			return
		}
	}
}

// quietTime is long enough to let every announcement expire, unless it is repeated.
const quietTime = AliveTime + 2*time.Minute

// rest ends a schedule: all mail arrives, most machines wake, and nothing happens any more.
func (w *world) rest() {
	for _, h := range w.hosts {
		if h.asleep && w.chance(80) {
			h.sleepOrWake()
		}
	}
	w.pass(time.Minute) // let unfinished work end
	for range 4 {
		w.deliverAll()
		w.pass(20 * time.Second)
	}
	w.pass(quietTime)
	for _, h := range w.hosts {
		if w.failure == "" && !h.asleep {
			w.checkRest(h)
		}
	}
	w.log(w.hosts[0], "from now on announcements may only be repeated")
	w.still = true
	w.pass(HeartbeatTime + time.Minute)
}
