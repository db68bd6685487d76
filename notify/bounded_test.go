package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// hostileLook is a look at a store that somebody filled on purpose.
func hostileLook(store string) lockcore.Snapshot {
	long, command := strings.Repeat("h", 60<<10), strings.Repeat("h", 4096)
	r := lockcore.Record{PID: 7, Hostname: long, StartedAt: long, SchemaVersion: "1"}
	var copies []lockcore.Conflict
	for i := range 64 {
		other := lockcore.Record{PID: r.PID + i, Hostname: long[:1<<10], StartedAt: long[:1<<10], SchemaVersion: "1"}
		copies = append(copies, lockcore.Conflict{Path: fmt.Sprintf("%s/.locked %02d", store, i), Record: other})
	}
	return lockcore.Snapshot{Store: store, State: lockcore.Contested, Reason: lockcore.ConflictCopy, Record: r, Token: "sha256:a", Host: "here",
		LocalDaemon: lockcore.Process{PID: 9, Command: command}, Holder: lockcore.Process{PID: 7, Command: command}, Conflicts: lockcore.NewConflicts(copies)}
}

// maxKept is much more than an ordinary store takes, and nothing beside what a store may hold.
const maxKept = 32 << 10

func TestMemoryIsBounded(t *testing.T) {
	now := time.Now()
	f := Fact{Event: watch.BecameTwo, To: hostileLook("/s"), Away: true}
	d, _ := Decider{}.Step(f, now)
	f.Event, f.To.State = watch.WentStale, lockcore.Stale
	d, _ = d.Step(f, now)
	data, err := Memory{Decider: d}.Encode()
	if err != nil || len(data) > maxKept {
		t.Fatalf("%d bytes, %v", len(data), err)
	}
	back, err := DecodeMemory(data)
	if err != nil {
		t.Fatal(err)
	}
	again := back.Decider.Since(Fact{Event: watch.Initial, To: f.To}, lockcore.Backup{}, now.Add(time.Minute))
	if again.Event != watch.NoEvent {
		t.Errorf("after a restart the same look is %q", again.Event)
	}
}

// TestMessagesAreShort whatever the fields hold.
func TestMessagesAreShort(t *testing.T) {
	f := Fact{Store: strings.Repeat("s", 4096), From: hostileLook("/s"), To: hostileLook("/s")}
	for k := range switches {
		m := message(k, f, time.Now())
		if n := len(m.Title) + len(m.Body) + len(sentence(k, f, time.Now())); n > 2<<10 || strings.Contains(m.Title+m.Body, strings.Repeat("h", 65)) {
			t.Errorf("%s has %d bytes: %q %q", k, n, m.Title, m.Body)
		}
	}
}

func TestStoresDoNotPileUp(t *testing.T) {
	d, now := Decider{}, time.Now()
	for i := range 40 {
		d, _ = d.Step(Fact{Event: watch.Initial, To: lockcore.Snapshot{Store: fmt.Sprint("/tried/", i), State: lockcore.Unlocked}}, now.Add(time.Duration(i)*time.Minute))
	}
	kept := Memory{Decider: d}.Of([]string{"/tried/0"}).Decider
	if len(kept.stores) != maxOthers+1 || kept.LastLook("/tried/0").IsZero() || kept.LastLook("/tried/39").IsZero() || !kept.LastLook("/tried/1").IsZero() {
		t.Errorf("%d stores are kept", len(kept.stores))
	}
	if len(d.stores) != 40 {
		t.Error("the memory before was changed")
	}
}
