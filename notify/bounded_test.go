package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// hostileLook returns a look at a store that an attacker filled with long texts and many conflict copies.
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

// maxKept bounds the saved state, in bytes: much more than an ordinary store needs, and much less than a store may contain.
const maxKept = 32 << 10

func TestSavedIsBounded(t *testing.T) {
	now := time.Now()
	f := Fact{Event: watch.BecameTwo, To: hostileLook("/s"), Away: true}
	d, _ := Decider{}.Step(f, now)
	f.Event, f.To.State = watch.WentStale, lockcore.Stale
	d, _ = d.Step(f, now)
	data, err := Saved{Decider: d}.Encode()
	if err != nil || len(data) > maxKept {
		t.Fatalf("%d bytes, %v", len(data), err)
	}
}

// TestSummaryOfManyFacts checks that a summary names the newest facts, and says that there were more.
func TestSummaryOfManyFacts(t *testing.T) {
	d := Decider{Quiet: Quiet{Until: start.Add(24 * time.Hour)}}
	for i := range 40 {
		r := lockcore.Record{PID: i + 1, Hostname: fmt.Sprint("mac-", i), StartedAt: fmt.Sprint(i), SchemaVersion: "1"}
		d, _ = d.Step(Fact{Event: watch.TakenOver, From: here, To: look(lockcore.HeldElsewhere, "", r)}, start.Add(time.Duration(i)*20*time.Minute))
	}
	_, orders := d.Wake(start.Add(25 * time.Hour))
	if len(orders) != 1 {
		t.Fatalf("%v", orders)
	}
	for _, part := range []string{"mac-37", "mac-38", "mac-39", "There was more before: see Recent Activity."} {
		if !strings.Contains(orders[0].Message.Body, part) {
			t.Errorf("no %q in %q", part, orders[0].Message.Body)
		}
	}
}

func TestOnlyOfTheseStores(t *testing.T) {
	d := Decider{}
	for i := range 3 {
		d, _ = d.Step(Fact{Event: watch.Initial, To: lockcore.Snapshot{Store: fmt.Sprint("/tried/", i), State: lockcore.Unlocked}}, time.Now())
	}
	kept := Saved{Decider: d}.Of([]string{"/tried/0", "/never"}).Decider
	if _, ok := kept.stores["/tried/0"]; len(kept.stores) != 1 || !ok || len(d.stores) != 3 {
		t.Errorf("kept %v of %v", kept.stores, d.stores)
	}
}

// TestStoreOfTwoPaths checks that a fact is reported once, although two paths lead to its store.
func TestStoreOfTwoPaths(t *testing.T) {
	now := time.Now()
	corrupt := func(path string) Fact {
		return Fact{Identity: "/disk/s", Event: watch.Corrupted, To: lockcore.Snapshot{Store: path, State: lockcore.Corrupt, Token: "sha256:a"}}
	}
	d, orders := Decider{}.Step(corrupt("/link"), now)
	_, again := d.Step(corrupt("/disk/s"), now)
	if len(orders) != 1 || len(again) != 0 {
		t.Errorf("reported %v, and for the other path %v", orders, again)
	}
}

// TestStoresThatNobodyWatches checks that the message about a store that this process does not watch is withdrawn, and that a process
// that watches the store reports it again.
func TestStoresThatNobodyWatches(t *testing.T) {
	d, orders := Decider{}.Step(Fact{Event: watch.BecameTwo, To: both}, start)
	saved := Saved{d, Outbox{}.Put(start, orders...)}
	saved.Outbox, _ = saved.Outbox.Take(start, false)
	saved.Outbox = saved.Outbox.Report(1, Handle{"desktop", 1}, true, start)
	other := saved.Watching([]string{"/t"})
	if _, letters := other.Outbox.Take(start, true); len(letters) != 1 || !letters[0].withdraws() || letters[0].Replaces.ID != 1 {
		t.Errorf("%+v", letters)
	}
	if _, again := other.Decider.Step(Fact{Event: watch.BecameTwo, To: both}, start); len(again) != 1 {
		t.Errorf("the next watcher of the store reports %v, want one order", again)
	}
	same := saved.Watching([]string{"/s"})
	if _, again := same.Decider.Step(Fact{Event: watch.BecameTwo, To: both}, start); len(again) != 0 || !same.Outbox.has("/s") {
		t.Errorf("a watched store is reported again, or has lost its message: %v", again)
	}
}
