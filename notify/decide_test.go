package notify

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

var (
	start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	mini  = lockcore.Record{PID: 4242, Hostname: "mac-mini", StartedAt: "2026-11-22T09:14:00+00:00", SchemaVersion: "1"}
	ours  = lockcore.Record{PID: 77, Hostname: "mac-a", StartedAt: "2026-11-22T08:00:00+00:00", SchemaVersion: "1"}

	free      = lockcore.Snapshot{Store: "/s", State: lockcore.Unlocked}
	here      = look(lockcore.HeldHere, "", ours)
	elsewhere = look(lockcore.HeldElsewhere, "", mini)
	stale     = look(lockcore.Stale, lockcore.ProcessGone, ours)
	corrupt   = lockcore.Snapshot{Store: "/s", State: lockcore.Corrupt, Reason: lockcore.NotJSON, Token: "t"}
	unread    = lockcore.Snapshot{Store: "/s", State: lockcore.Unknown, Reason: lockcore.Timeout}
	both      = daemon(look(lockcore.Contested, lockcore.LocalDaemonAlive, mini))
	vanished  = daemon(lockcore.Snapshot{Store: "/s", State: lockcore.Contested, Reason: lockcore.LockMissing})
	copied    = look(lockcore.Contested, lockcore.ConflictCopy, ours)
)

func look(state lockcore.State, why lockcore.Reason, r lockcore.Record) lockcore.Snapshot {
	return lockcore.Snapshot{Store: "/s", State: state, Reason: why, Record: r, Token: lockcore.Token(r.Hostname + r.StartedAt)}
}

func daemon(s lockcore.Snapshot) lockcore.Snapshot {
	s.LocalDaemon = lockcore.Process{PID: 77, Status: lockcore.Running, Kind: lockcore.Daemon, Command: "python3 -m " + lockcore.DaemonModule}
	return s
}

// rivals returns s as contested for a reason, with running daemons that other machines announce.
func rivals(s lockcore.Snapshot, why lockcore.Reason, running ...lockcore.Record) lockcore.Snapshot {
	var peers []lockcore.Peer
	for _, r := range running {
		p := lockcore.Peer{Alive: true, Heard: start}
		p.Machine, p.Host, p.Watching = r.Hostname, r.Hostname, true
		p.Daemon = lockcore.DaemonID{PID: r.PID, StartedAt: r.StartedAt}
		peers = append(peers, p)
	}
	s.State, s.Reason, s.Peers = lockcore.Contested, why, lockcore.NewPeers(peers)
	return s
}

// TestRows checks which kind each event reports at once in each state.
func TestRows(t *testing.T) {
	type fact struct {
		event watch.Event
		to    lockcore.Snapshot
	}
	want := map[fact]kind{
		{watch.Initial, corrupt}:       corruptLock,
		{watch.Initial, both}:          twoDaemons,
		{watch.Initial, vanished}:      lockVanished,
		{watch.Initial, copied}:        conflictCopy,
		{watch.TakenOver, here}:        takeover,
		{watch.TakenOver, elsewhere}:   takeover,
		{watch.TakenOver, both}:        takeoverRunning,
		{watch.TakenOver, copied}:      conflictCopy,
		{watch.BecameTwo, both}:        twoDaemons,
		{watch.BecameTwo, vanished}:    lockVanished,
		{watch.BecameTwo, copied}:      conflictCopy,
		{watch.Corrupted, corrupt}:     corruptLock,
		{watch.LockChanged, both}:      twoDaemons,
		{watch.LockChanged, vanished}:  lockVanished,
		{watch.LockChanged, copied}:    conflictCopy,
		{watch.Resurrected, here}:      resurrected,
		{watch.Resurrected, elsewhere}: resurrected,
		{watch.Resurrected, stale}:     resurrected,
		{watch.Resurrected, both}:      twoDaemons,
		{watch.Resurrected, copied}:    conflictCopy,
		{watch.Resurrected, corrupt}:   resurrected,
	}
	if len(rows) != len(watch.Events()) {
		t.Errorf("%d rows for %d events", len(rows), len(watch.Events()))
	}
	possible := map[watch.Event][]lockcore.Snapshot{
		watch.TakenOver:   {here, elsewhere, both, copied},
		watch.BecameTwo:   {both, vanished, copied},
		watch.Corrupted:   {corrupt},
		watch.Resurrected: {here, elsewhere, stale, both, copied, corrupt},
	}
	for _, event := range watch.Events() {
		states := possible[event]
		if states == nil {
			states = []lockcore.Snapshot{free, here, elsewhere, stale, unread, both, vanished, copied}
		}
		if event == watch.Initial {
			states = append(states, corrupt)
		}
		for _, to := range states {
			if got := rows[event](to); got != want[fact{event, to}] {
				t.Errorf("%s to %s %s: %q, want %q", event, to.State, to.Reason, got, want[fact{event, to}])
			}
		}
	}
}

type story struct {
	name  string
	steps []step
}

// step is an event of a story; NoEvent only lets the time pass.
type step struct {
	at     int // since the start of the story, in the unit of tellStories
	event  watch.Event
	to     lockcore.Snapshot
	titles []string // parts of the titles of the expected messages
}

func TestStories(t *testing.T) {
	book := lockcore.Record{PID: 9, Hostname: "book", StartedAt: "2026-11-22T10:00:00+00:00", SchemaVersion: "1"}
	bothOurs, three := rivals(daemon(here), lockcore.OtherDaemonAlive, mini), rivals(daemon(here), lockcore.OtherDaemonAlive, mini, book)
	twoElsewhere, lonely := rivals(elsewhere, lockcore.OtherDaemonAlive, mini, book), rivals(free, lockcore.LockMissing, mini)
	silenced, oursEnded := bothOurs, bothOurs
	silenced.State, silenced.Reason, silenced.Holder, silenced.LocalDaemon = lockcore.HeldHere, "", bothOurs.LocalDaemon, lockcore.Process{}
	oursEnded.State, oursEnded.Reason, oursEnded.Record, oursEnded.LocalDaemon = lockcore.HeldElsewhere, "", mini, lockcore.Process{}
	newer := stale
	newer.Record.StartedAt = "2026-11-22T11:59:00+00:00"
	tellStories(t, time.Second, []story{
		{"the first look reports problems, not the holder", []step{
			{0, watch.Initial, elsewhere, nil}, {60, watch.NoEvent, free, nil}}},
		{"stale at first look", []step{
			{0, watch.Initial, stale, nil}, {9, watch.NoEvent, free, nil}, {10, watch.NoEvent, free, []string{"mac-a left"}},
			{60, watch.NoEvent, free, nil}}},
		{"launchd restarts the daemon", []step{
			{0, watch.Initial, here, nil}, {10, watch.WentStale, stale, nil}, {15, watch.Acquired, here, nil}, {60, watch.NoEvent, free, nil}}},
		{"crash", []step{
			{0, watch.Initial, here, nil}, {10, watch.WentStale, stale, nil}, {20, watch.NoEvent, free, []string{"left a lock"}}}},
		{"a look does not restart the grace", []step{
			{0, watch.WentStale, stale, nil}, {8, watch.LockChanged, stale, nil}, {10, watch.NoEvent, free, []string{"left a lock"}}}},
		{"a crash loop is reported for each lock that stays", []step{
			{0, watch.WentStale, stale, nil}, {8, watch.LockChanged, newer, nil}, {10, watch.NoEvent, free, nil}, {18, watch.NoEvent, free, []string{"left a lock"}}}},
		{"unreadable in between repeats nothing", []step{
			{0, watch.WentStale, stale, nil}, {10, watch.NoEvent, free, []string{"left"}}, {20, watch.Unreadable, unread, nil},
			{21, watch.Cleared, stale, nil}, {40, watch.NoEvent, free, nil}}},
		{"removed within the grace", []step{
			{0, watch.WentStale, stale, nil}, {5, watch.WasRemoved, free, nil}, {30, watch.NoEvent, free, nil}}},
		{"takeover", []step{
			{0, watch.Initial, here, nil}, {1, watch.TakenOver, elsewhere, []string{"taken over by mac-mini"}}}},
		{"takeover while ours runs is one message", []step{
			{0, watch.Initial, here, nil}, {1, watch.TakenOver, both, []string{"Two daemons write to one store"}},
			{2, watch.LockChanged, both, nil}, {3, watch.Cleared, elsewhere, nil}, {4, watch.BecameTwo, both, nil}}},
		{"two daemons are the same pair whichever holds the lock", []step{
			{0, watch.TakenOver, both, []string{"Two daemons write to one store"}}, {5, watch.Acquired, bothOurs, nil},
			{6, watch.LockChanged, both, nil}, {7, watch.Cleared, here, nil}, {15, watch.NoEvent, free, []string{"All clear"}}}},
		{"one of two falls silent, and its end is not known", []step{
			{0, watch.BecameTwo, bothOurs, []string{"Two daemons write to one store"}}, {5, watch.Cleared, silenced, nil}, {15, watch.NoEvent, free, nil}}},
		{"one of two falls silent, and the other one ends", []step{
			{0, watch.BecameTwo, bothOurs, []string{"Two daemons write to one store"}}, {5, watch.Cleared, oursEnded, nil}, {15, watch.NoEvent, free, []string{"All clear"}}}},
		{"a third one makes another pair", []step{
			{0, watch.BecameTwo, bothOurs, []string{"Two daemons write to one store"}}, {5, watch.LockChanged, three, []string{"Two daemons write to one store"}}}},
		{"two daemons elsewhere", []step{
			{0, watch.BecameTwo, twoElsewhere, []string{"Two daemons write to one store"}}, {5, watch.LockChanged, twoElsewhere, nil},
			{7, watch.Cleared, elsewhere, nil}, {15, watch.NoEvent, free, []string{"All clear"}}}},
		{"a daemon elsewhere without a lock", []step{{0, watch.BecameTwo, lonely, []string{"A daemon runs without its lock"}}}},
		{"our running daemon is found later", []step{
			{0, watch.TakenOver, elsewhere, []string{"Store taken over"}}, {5, watch.BecameTwo, both, []string{"Two daemons write to one store"}}}},
		{"back and forth", []step{
			{0, watch.TakenOver, elsewhere, []string{"mac-mini"}}, {9, watch.Acquired, here, nil}, {20, watch.Released, free, nil}}},
		{"corrupt once", []step{
			{0, watch.Corrupted, corrupt, []string{"is corrupt"}}, {1, watch.Unreadable, unread, nil}, {2, watch.Corrupted, corrupt, nil}}},
		{"resurrected", []step{
			{0, watch.WasRemoved, free, nil}, {5, watch.Resurrected, elsewhere, []string{"came back"}}}},
		{"own start and stop", []step{
			{0, watch.Initial, free, nil}, {1, watch.Acquired, here, nil}, {2, watch.Released, free, nil}, {3, watch.Renamed, here, nil}}},
	})
}

// tellStories checks the messages of each story, whose steps are at multiples of unit.
func tellStories(t *testing.T, unit time.Duration, stories []story) {
	t.Helper()
	for _, story := range stories {
		var d Decider
		for _, s := range story.steps {
			now := start.Add(time.Duration(s.at) * unit)
			var got []Order
			if s.event == watch.NoEvent {
				d, got = wake(d, now)
			} else {
				d, got = d.Step(Fact{Event: s.event, To: s.to}, now)
			}
			if !haveTitles(got, s.titles) {
				t.Errorf("%s, at %d: %+v, want %q", story.name, s.at, got, s.titles)
			}
		}
	}
}

// wake calls Rechecks and Wake whenever they are due until now. The looks find nothing new.
func wake(d Decider, now time.Time) (_ Decider, all []Order) {
	for range 100 {
		next := d.Next()
		if next.IsZero() || next.After(now) {
			break
		}
		d = recheck(d, next)
		var orders []Order
		d, orders = d.Wake(next)
		all = append(all, orders...)
	}
	return d, all
}

// recheck makes the requested looks, which find nothing new.
func recheck(d Decider, now time.Time) Decider {
	d, stores := d.Rechecks(now)
	for _, s := range stores {
		d = d.Rechecked(s, d.stores[s].now, now)
	}
	return d
}

// TestStaleNeedsALook checks that a stale lock is reported only after a look at the end of the grace, and that the look is requested again
// if none ends in time.
func TestStaleNeedsALook(t *testing.T) {
	var d Decider
	if !d.Next().IsZero() {
		t.Error("Next is not zero although nothing waits")
	}
	d, _ = d.Step(Fact{Event: watch.WentStale, To: stale}, start)
	if got := d.Next(); !got.Equal(start.Add(Grace)) {
		t.Errorf("Next is %v, want the end of the grace", got)
	}
	night := start.Add(Grace + 8*time.Hour) // the machine may sleep
	d, asked := d.Rechecks(start.Add(Grace))
	d, early := d.Wake(night)
	d, again := d.Rechecks(night)
	if len(asked) != 1 || early != nil || len(again) != 1 {
		t.Errorf("requested %q, reported %v without a look, requested %q again", asked, early, again)
	}
	inUse := stale
	inUse.Starting.PID = 8
	if busy := d.Rechecked(asked[0], inUse, night); !busy.Next().Equal(night.Add(Grace)) {
		t.Errorf("a daemon is starting: Next is %v, want another grace", busy.Next())
	}
	d = d.Rechecked(asked[0], stale, night)
	if d, orders := d.Wake(night); len(orders) != 1 || !d.Next().IsZero() {
		t.Errorf("after the look: %v, next at %v", orders, d.Next())
	}
}

// TestDeciderIsAValue checks that a step does not change the state that it began with.
func TestDeciderIsAValue(t *testing.T) {
	var d Decider
	d, _ = d.Step(Fact{Event: watch.WentStale, To: stale}, start)
	ended, _ := d.Step(Fact{Event: watch.Corrupted, To: corrupt}, start)
	again, first := wake(d, start.Add(Grace))
	_, second := wake(d, start.Add(Grace))
	if len(first) != 1 || !reflect.DeepEqual(first, second) {
		t.Errorf("%v, then %v", first, second)
	}
	if _, m := again.Wake(start.Add(time.Hour)); m != nil || !ended.Next().IsZero() {
		t.Errorf("%v, %v", m, ended.Next())
	}
}

// TestStaleIsToldByTheLastLook checks that a stale lock is reported as the last look saw it: its zombie was reaped meanwhile.
func TestStaleIsToldByTheLastLook(t *testing.T) {
	d, _ := Decider{}.Step(Fact{Event: watch.WentStale, From: here, To: look(lockcore.Stale, lockcore.ZombieProcess, ours)}, start)
	d, _ = d.Step(Fact{Event: watch.LockChanged, To: stale}, start.Add(time.Second))
	_, orders := wake(d, start.Add(Grace))
	if len(orders) != 1 || !strings.Contains(orders[0].Message.Body, "is gone") {
		t.Errorf("%+v", orders)
	}
}

func TestStoresAreApart(t *testing.T) {
	other := stale
	other.Store = "/t"
	var d Decider
	d, _ = d.Step(Fact{Store: "/s", Event: watch.WentStale, To: stale}, start)
	d, _ = d.Step(Fact{Store: "/t", Event: watch.WentStale, To: other}, start.Add(2*togetherTime))
	d, _ = wake(d, start.Add(Grace))
	d, first := wake(d, start.Add(Grace+togetherTime))
	d, _ = wake(d, start.Add(Grace+2*togetherTime))
	_, second := wake(d, start.Add(Grace+3*togetherTime))
	if len(first) != 1 || len(second) != 1 || !strings.Contains(first[0].Message.Body, "/s") || !strings.Contains(second[0].Message.Body, "/t") {
		t.Errorf("%v, %v", first, second)
	}
}

// TestRemovedBesideADaemon checks that a removal beside a running daemon withdraws the alarm without an all clear.
func TestRemovedBesideADaemon(t *testing.T) {
	for _, test := range []struct {
		left lockcore.Snapshot
		want []string
	}{{free, []string{"All clear: nobody holds"}}, {daemon(free), nil}} {
		d, _ := Decider{}.Step(Fact{Event: watch.BecameTwo, To: both}, start)
		d, _ = d.Step(Fact{Event: watch.WasRemoved, To: test.left}, start.Add(time.Second))
		_, got := wake(d, start.Add(time.Second+clearTime))
		if len(got) != 1 || !haveTitles(got, test.want) {
			t.Errorf("%+v, want %q", got, test.want)
		}
	}
}

// TestAlarmWhileAway checks that the title names the danger, and that the body begins with the daemon to stop and its store.
func TestAlarmWhileAway(t *testing.T) {
	d, at := Decider{}, start
	for _, f := range []Fact{
		{Store: "~/a", Identity: "a", Event: watch.TakenOver, From: here, To: elsewhere, Away: true},
		{Store: "~/b", Identity: "b", Event: watch.BecameTwo, To: both, Away: true},
	} {
		d, _ = d.Step(f, at)
	}
	_, orders := d.Wake(start.Add(gatherTime))
	if len(orders) != 1 {
		t.Fatalf("%+v", orders)
	}
	m := orders[0].Message
	if !m.Urgent || m.Title != "Two daemons may write to one store" || !strings.HasPrefix(m.Body, "Stop the daemon of ~/b ") ||
		!strings.Contains(m.Body, "~/a: mac-mini took over") {
		t.Errorf("%+v", m)
	}
}

// TestFreedBesideADaemonElsewhere checks that nobody is told to work here while another machine reports that its daemon runs.
func TestFreedBesideADaemonElsewhere(t *testing.T) {
	to := rivals(free, "", mini)
	to.State = lockcore.Unlocked
	d, _ := Decider{}.Step(Fact{Event: watch.Released, From: elsewhere, To: to, Away: true}, start)
	_, orders := d.Wake(start.Add(gatherTime))
	if len(orders) != 1 || strings.Contains(orders[0].Message.Body, "work here") || !strings.Contains(orders[0].Message.Body, "runs on mac-mini") {
		t.Errorf("%+v", orders)
	}
}

// TestNothingIsSaidTwice checks that the sentence about the present state does not repeat the one about the event.
func TestNothingIsSaidTwice(t *testing.T) {
	d, _ := Decider{}.Step(Fact{Event: watch.Released, From: elsewhere, To: free, Away: true}, start)
	_, orders := d.Wake(start.Add(gatherTime))
	if len(orders) != 1 || strings.Count(orders[0].Message.Body, "no longer holds") != 1 || !strings.Contains(orders[0].Message.Body, "Nobody holds") {
		t.Errorf("%+v", orders)
	}
}
