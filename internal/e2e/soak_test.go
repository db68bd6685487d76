//go:build linux

package e2e

import (
	"cmp"
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

var (
	seedFlag  = flag.Uint64("soak.seed", 0, "play the events of this `seed`; 0 takes a new one")
	storyFlag = flag.String("soak.story", "", "play these events, not random ones: `EVENT EVENT | EVENT`; at each | lockbar is checked")
	forFlag   = flag.Duration("soak.for", 0, "how long to play (default 12s)")
)

const (
	usualTime = 12 * time.Second
	// slowFrom is the shortest run that has events which take half a minute.
	slowFrom = time.Minute
	// maxBurst is the most events between two quiet points.
	maxBurst = 6
)

// TestSoak plays random events in the long form, or on request by a flag. It prints its seed and its events with -v and on failure.
func TestSoak(t *testing.T) {
	t.Parallel()
	if !testfs.Long() && *forFlag == 0 && *seedFlag == 0 && *storyFlag == "" {
		t.Skipf("needs a -soak flag, or %s=1", testfs.LongVariable)
	}
	length, seed := cmp.Or(*forFlag, usualTime), *seedFlag
	if seed == 0 {
		seed = rand.Uint64()
	}
	if end, ok := t.Deadline(); ok && time.Until(end) < length+deadline {
		t.Fatalf("no time for a soak of %v: add -timeout 0", length)
	}
	p := newPlayer(t)
	p.random, p.slow = rand.New(rand.NewPCG(seed, 0)), length >= slowFrom
	if *storyFlag != "" {
		p.story(*storyFlag)
	} else {
		t.Logf("replay with: go test ./internal/e2e -run TestSoak -timeout 0 -v -soak.for %v -soak.seed %d", length, seed)
		p.play(length)
	}
	p.summary()
}

// TestStories plays events in which a soak once found a wrong display.
func TestStories(t *testing.T) {
	t.Parallel()
	for name, story := range map[string]string{
		// The sleeping app saw neither the first daemon's end nor the second one's lock.
		"another daemon while asleep": "start/0/0 | take-over/0/1 | sleep/0/0 release/0/0 start/0/0 take-over/0/2 | another-store/0/0 | take-over/0/3",
	} {
		t.Run(name, func(t *testing.T) { newPlayer(t).story(story) })
	}
}

// player plays bursts and measures.
type player struct {
	*stage
	random  *rand.Rand
	slow    bool
	waited  bool // this burst takes half a minute
	bursts  int
	events  map[string]int
	settled []settleTimes
	samples []testdesk.Usage
}

func newPlayer(t testing.TB) *player {
	t.Helper()
	return &player{stage: newStage(t), events: map[string]int{}}
}

func (p *player) play(length time.Duration) {
	stalls := watchStalls(p.t)
	p.quietPoint(stalls)
	for end := time.Now().Add(length); time.Now().Before(end); p.bursts++ {
		p.burst()
		p.quietPoint(stalls)
	}
}

// story plays given events instead of random ones.
func (p *player) story(text string) {
	stalls := watchStalls(p.t)
	p.quietPoint(stalls)
	for burst := range strings.SplitSeq(text, "|") {
		for word := range strings.FieldsSeq(burst) {
			e, err := parseEvent(word)
			if err != nil {
				p.t.Fatal(err)
			}
			if !fits(p.world, e, false, true) {
				p.t.Fatalf("%v cannot happen now", e)
			}
			p.happen(e)
		}
		p.quietPoint(stalls)
		p.bursts++
	}
}

func (p *player) quietPoint(stalls *atomic.Int64) {
	stalls.Store(0)
	times, err := p.quiet()
	stall := time.Duration(stalls.Load())
	if err != nil {
		p.t.Fatalf("after burst %d: %v\nThe longest stall of this machine meanwhile was %v.", p.bursts, err, stall)
	}
	if !p.waited {
		p.judge(times, stall)
		p.settled = append(p.settled, times)
	}
	p.waited = false
	if !p.world.hung { // while the service hangs, a delivery uses a process and pipes
		p.samples = append(p.samples, p.sample())
	}
}

// burst plays some events without waiting for their effects.
func (p *player) burst() {
	for n := range 1 + p.random.IntN(maxBurst) {
		e, ok := choose(p.random, p.world, n > 0, p.slow)
		if !ok {
			return
		}
		p.happen(e)
		if e.kind.alone {
			return
		}
	}
}

func (p *player) happen(e event) {
	p.t.Logf("burst %d: %v", p.bursts, e)
	p.events[e.kind.name]++
	p.waited = p.waited || e.kind.slow
	e.kind.do(p.stage, e)
	if holder := p.holders[e.store]; holder != nil {
		e.pid = holder.Process.Pid
	}
	p.world = apply(p.world, e)
}

const (
	// maxDelay bounds the delay of a change that the file system reported. A longer one means that the poll found it.
	maxDelay = 15 * time.Second
	// maxStall is the longest stall of a machine on which delays prove something.
	maxStall = time.Second
)

// judge fails the test if only the poll saw a change. On a machine that stalls, a delay proves nothing.
func (p *player) judge(times settleTimes, stall time.Duration) {
	slow := max(times.icon, times.menu, times.watch) > maxDelay
	if slow {
		p.t.Logf("burst %d was seen late: %+v, the longest stall of this machine was %v", p.bursts, times, stall)
	}
	if slow && stall < maxStall {
		p.t.Errorf("burst %d: the file system reported nothing, and only the poll found the change", p.bursts)
	}
}

// watchStalls returns the longest time that a goroutine has waited for the processor, and updates it until the test ends.
func watchStalls(t testing.TB) *atomic.Int64 {
	const beat = 50 * time.Millisecond
	var longest atomic.Int64
	go func() {
		for last := time.Now(); t.Context().Err() == nil; {
			time.Sleep(beat)
			now := time.Now()
			longest.Store(max(longest.Load(), int64(now.Sub(last)-beat)))
			last = now
		}
	}()
	return &longest
}

func (p *player) summary() {
	var total int
	for _, n := range p.events {
		total += n
	}
	p.t.Logf("%d events of %d kinds in %d bursts, %d clicks repeated: %v", total, len(p.events), p.bursts, p.clicks, p.events)
	for name, pick := range map[string]func(settleTimes) time.Duration{
		"icon":  func(s settleTimes) time.Duration { return s.icon },
		"watch": func(s settleTimes) time.Duration { return s.watch },
		"menu":  func(s settleTimes) time.Duration { return s.menu },
	} {
		times := make([]time.Duration, 0, len(p.settled))
		for _, s := range p.settled {
			times = append(times, pick(s).Round(100*time.Microsecond))
		}
		slices.Sort(times)
		at := func(q float64) time.Duration { return times[int(q*float64(len(times)-1))] }
		p.t.Logf("time until the %s was right: p50 %v, p99 %v, max %v", name, at(0.5), at(0.99), at(1))
	}
	p.flat()
}
