package notify

import (
	"fmt"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// screen maps each slot to the message that the orders so far show in it.
type screen map[string]Message

func (s screen) take(d Decider, orders []Order) Decider {
	for _, o := range orders {
		if s[o.Slot] = o.Message; o.Message.IsZero() {
			delete(s, o.Slot)
		}
	}
	return d
}

func (s screen) alarms() (n int) {
	for _, m := range s {
		if m.Urgent {
			n++
		}
	}
	return n
}

// TestEverySequence plays all sequences of three states, or of four in its long form, in several rhythms. At the end the screen shows
// one alarm if the store is contested or a fight is not over, and otherwise none.
func TestEverySequence(t *testing.T) {
	states := []lockcore.Snapshot{free, elsewhere, stale, corrupt, both, vanished, copied}
	events := map[lockcore.State]watch.Event{lockcore.Unlocked: watch.Released, lockcore.HeldElsewhere: watch.TakenOver, lockcore.Stale: watch.WentStale,
		lockcore.Corrupt: watch.Corrupted, lockcore.Contested: watch.BecameTwo}
	length, total := testfs.Rounds(3, 4), 1
	for range length {
		total *= len(states)
	}
	for _, name := range []string{"", "~/s"} {
		for _, every := range []time.Duration{500 * time.Millisecond, 7 * time.Second, time.Minute} {
			for n := range total {
				var d Decider
				s, now, last, path := screen{}, start, lockcore.Snapshot{}, ""
				for range length {
					to := states[n%len(states)]
					n /= len(states)
					path += fmt.Sprint(" ", to.State, "/", to.Reason)
					if to != last {
						d = s.take(d.Step(Fact{Store: name, Identity: "/s", Event: events[to.State], From: last, To: to}, now))
					}
					last, now = to, now.Add(every)
					d = s.take(wake(d, now))
				}
				d = s.take(wake(d, now.Add(clearTime+longestTogether)))
				want := 0
				if last.State == lockcore.Contested || d.stores["/s"].fighting(now) {
					want = 1
				}
				if got := s.alarms(); got != want {
					t.Fatalf("store %q, every %v:%s: %d alarms, want %d: %v", name, every, path, got, want, s)
				}
			}
		}
	}
}
