package lockcore

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"lockbar/internal/testfs"
)

var modelSeed = flag.Uint64("model.seed", 0, "run only this schedule of the model, and print its trace")

// A mutant disables a rule by changing the input or the result of a look, the memory, or the announcer.
type mutant struct {
	name       string
	killer     uint64 // seed of a schedule that shows that the rule is needed, and is tried first; 0 if one of the first few does
	files      func(*host, *inspection, []peerFile)
	weighed    func(*inspection, *Peer)
	judged     func(*inspection)
	remembered func(*host, *inspection, *Memory)
	revived    func(Memory) Memory
	announces  func(*Announcer, time.Time)
}

// replay repeats a schedule with its trace.
func replay(seed uint64, m mutant) string {
	w := newWorld(seed, m)
	w.tracing = true
	return fmt.Sprintf("%s\n%s", w.run(), w.trace.String())
}

// TestGoneIsContradicted checks that a report that a holder is gone does not count if another machine reports that its daemon took that
// very lock. Two machines with the same name may have daemons with the same PID. The model meets this too rarely to show that the rule is
// needed.
func TestGoneIsContradicted(t *testing.T) {
	r := NewRecord(7, "mac-a", modelStart)
	token := tokenOf(r.Encode())
	wrong := Peer{Announcement: Announcement{Machine: "a", Host: "mac-a", Gone: [MaxGone]Token{token}}}
	right := Peer{Announcement: Announcement{Machine: "b", Host: "mac-a", Daemon: DaemonID{7, r.StartedAt}}}
	for want, peers := range map[bool][]Peer{true: {wrong}, false: {wrong, right}} {
		if l := (inspection{peers: peers}); l.isWitnessed(token, r) != want {
			t.Errorf("%d machines report: got %t", len(peers), !want)
		}
	}
}

// modelParts is the number of parts into which the schedules are divided to run in parallel.
const modelParts = 4

func TestModel(t *testing.T) {
	t.Parallel()
	if *modelSeed != 0 {
		t.Log(replay(*modelSeed, mutant{}))
		return
	}
	for part := range modelParts {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			for seed := 1 + part; seed <= testfs.Rounds(32, 200); seed += modelParts {
				if why := newWorld(uint64(seed), mutant{}).run(); why != "" {
					t.Fatalf("-model.seed=%d: %s", seed, replay(uint64(seed), mutant{}))
				}
			}
		})
	}
}
