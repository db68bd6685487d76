package lockcore

import (
	"testing"
	"time"
)

const (
	ownID   = "aaaaaaaaaaaaaaaa"
	otherID = "bbbbbbbbbbbbbbbb"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// report returns an announcement of another machine. at is its time after noon, by that machine's clock.
func report(at time.Duration, change ...func(*Announcement)) Announcement {
	return soundAnnouncement(append([]func(*Announcement){func(a *Announcement) { a.Machine, a.At = otherID, noon.Add(at) }}, change...)...)
}

func noDaemon(a *Announcement)      { a.Daemon = DaemonID{} }
func anotherDaemon(a *Announcement) { a.Daemon.PID++ }
func leaves(a *Announcement)        { a.Watching = false }
func isOwn(a *Announcement)         { a.Machine = ownID }

// TestPeerUpdate checks which of a machine's files counts, and since when.
func TestPeerUpdate(t *testing.T) {
	const ago = time.Hour
	before := Peer{Announcement: report(0), Heard: noon.Add(-ago), Since: noon.Add(-2 * ago)}
	file := func(a Announcement, changed time.Duration) peerFile { return peerFile{a, noon.Add(changed)} }
	for _, c := range []struct {
		name   string
		update peerUpdate
		before []Peer
		files  []peerFile
		want   []Peer
	}{
		{"nobody", peerUpdate{all: true}, nil, nil, nil},
		{"a first file, by its ctime", peerUpdate{}, nil, []peerFile{file(report(0), -time.Minute)},
			[]Peer{{Announcement: report(0), Heard: noon.Add(-time.Minute), Since: noon.Add(-time.Minute), Alive: true}}},
		{"a first file of the future, whatever its own clock says", peerUpdate{}, nil, []peerFile{file(report(24*time.Hour), time.Minute)},
			[]Peer{{Announcement: report(24 * time.Hour), Heard: noon, Since: noon, Alive: true}}},
		{"a file that arrived between two looks", peerUpdate{watched: true}, nil, []peerFile{file(report(0), -time.Hour)},
			[]Peer{{Announcement: report(0), Heard: noon, Since: noon, Alive: true}}},
		{"an old file is no sign of life", peerUpdate{}, nil, []peerFile{file(report(0), -AliveTime)},
			[]Peer{{Announcement: report(0), Heard: noon.Add(-AliveTime), Since: noon.Add(-AliveTime)}}},
		{"nothing new", peerUpdate{watched: true}, []Peer{before}, []peerFile{file(report(0), 0)}, []Peer{before}},
		{"the same daemon again", peerUpdate{watched: true}, []Peer{before}, []peerFile{file(report(1), 0)},
			[]Peer{{Announcement: report(1), Heard: noon, Since: before.Since, Alive: true, Updated: true}}},
		{"another daemon", peerUpdate{watched: true}, []Peer{before}, []peerFile{file(report(1, anotherDaemon), 0)},
			[]Peer{{Announcement: report(1, anotherDaemon), Heard: noon, Since: noon, Alive: true, Updated: true}}},
		{"an old file came back", peerUpdate{watched: true}, []Peer{before}, []peerFile{file(report(-1, anotherDaemon), 0)}, []Peer{before}},
		{"several files of one machine: the newest by its own clock", peerUpdate{watched: true}, nil, []peerFile{file(report(-1, anotherDaemon), 0), file(report(0), 0), file(report(-2), 0)},
			[]Peer{{Announcement: report(0), Heard: noon, Since: noon, Alive: true}}},
		{"no daemon", peerUpdate{watched: true}, []Peer{before}, []peerFile{file(report(1, noDaemon), 0)},
			[]Peer{{Announcement: report(1, noDaemon), Heard: noon, Since: noon, Updated: true}}},
		{"the file is gone", peerUpdate{watched: true, all: true}, []Peer{before}, nil,
			[]Peer{{Announcement: report(0), Heard: before.Heard, Since: before.Since, Removed: true}}},
		{"not all files were read", peerUpdate{watched: true}, []Peer{before}, nil, []Peer{before}},
		{"an old file came back after that", peerUpdate{watched: true, all: true}, []Peer{{Announcement: report(0), Heard: before.Heard, Removed: true}},
			[]peerFile{file(report(-1), 0)}, []Peer{{Announcement: report(0), Heard: before.Heard, Removed: true}}},
		{"the same file came back after that", peerUpdate{watched: true, all: true}, []Peer{{Announcement: report(0), Heard: before.Heard, Removed: true, Contesting: true}},
			[]peerFile{file(report(0), 0)}, []Peer{{Announcement: report(0), Heard: before.Heard, Contesting: true, Alive: true}}},
		{"a Lockbar that ends is no sign of life", peerUpdate{watched: true}, []Peer{before}, []peerFile{file(report(1, leaves), 0)},
			[]Peer{{Announcement: report(1, leaves), Heard: before.Heard, Since: before.Since, Updated: true}}},
		{"a Lockbar and its daemon that end together are a sign of life", peerUpdate{watched: true}, []Peer{before}, []peerFile{file(report(1, leaves, noDaemon), 0)},
			[]Peer{{Announcement: report(1, leaves, noDaemon), Heard: noon, Since: noon, Updated: true}}},
		{"a contesting daemon whose machine is silent", peerUpdate{watched: true}, []Peer{{Announcement: report(0), Heard: before.Heard, Contesting: true}}, []peerFile{file(report(0), 0)},
			[]Peer{{Announcement: report(0), Heard: before.Heard, Contesting: true, Alive: true}}},
		{"a contesting daemon whose Lockbar has ended", peerUpdate{watched: true},
			[]Peer{{Announcement: report(0, leaves), Heard: before.Heard, Contesting: true}},
			[]peerFile{file(report(0, leaves), 0)},
			[]Peer{{Announcement: report(0, leaves), Heard: before.Heard, Contesting: true, Alive: true}}},
		{"our own file is no sign of life, and counts as it is", peerUpdate{watched: true, all: true},
			[]Peer{{Announcement: report(0, isOwn), ThisMachine: true, Heard: before.Heard}}, []peerFile{file(report(-1, isOwn), 0)},
			[]Peer{{Announcement: report(-1, isOwn), ThisMachine: true, Heard: noon, Since: noon}}},
		{"our own file is gone", peerUpdate{watched: true, all: true}, []Peer{{Announcement: report(0, isOwn), ThisMachine: true}}, nil, nil},
	} {
		c.update.own, c.update.now = ownID, noon
		if got := c.update.apply(c.before, c.files); NewPeers(got) != NewPeers(c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

// TestPeerUpdateIsBounded checks that only the machines with the latest files are kept.
func TestPeerUpdateIsBounded(t *testing.T) {
	var files []peerFile
	for i := range 2 * maxPeers {
		a := report(0)
		a.Machine = tokenOf([]byte{byte(i)}).digits()
		files = append(files, peerFile{a, noon.Add(-time.Duration(i) * time.Second)})
	}
	got := peerUpdate{own: ownID, now: noon}.apply(nil, files)
	if len(got) != maxPeers {
		t.Fatalf("%d machines", len(got))
	}
	for _, p := range got {
		if noon.Sub(p.Heard) >= maxPeers*time.Second {
			t.Errorf("a machine is kept whose file is %v old", noon.Sub(p.Heard))
		}
	}
}

func TestCutTo(t *testing.T) {
	for _, c := range []struct{ text, want string }{{"ab", "ab"}, {"abcd", "abc"}, {"abé", "ab"}, {"é\x80\x80", ""}, {"\x80\x80\x80\x80", ""}} {
		if got := cutTo(c.text, 3); got != c.want {
			t.Errorf("%q cut to 3 bytes is %q, want %q", c.text, got, c.want)
		}
	}
}

func (t Token) digits() string { return string(t[len(tokenPrefix):][:16]) }

// TestAnnouncerNext checks that a machine writes when its facts have changed, and otherwise only while two daemons run.
func TestAnnouncerNext(t *testing.T) {
	record := Record{4242, "here", "2026-11-22T19:51:51+00:00", schemaVersion}
	holder := Process{PID: 4242, Status: Running, Kind: Daemon, StartID: 1, store: thisStore}
	free := Snapshot{State: Unlocked, Host: "here"}
	held := Snapshot{State: HeldHere, Host: "here", Record: record, Holder: holder, Token: tokenOf(record.Encode())}
	shared := Memory{Shared: true}
	rival := NewPeers([]Peer{{Announcement: report(0), Alive: true, Heard: noon, Since: noon.Add(-time.Hour)}})
	newRival := NewPeers([]Peer{{Announcement: report(0), Alive: true, Heard: noon, Since: noon.Add(time.Minute)}})
	v := Announcer{Machine: ownID, Version: "1"}
	for _, c := range []struct {
		name string
		s    Snapshot
		m    Memory
		at   time.Duration // after noon
		ok   bool
		due  time.Duration // after noon; 0 for never
	}{
		{"a store that no other machine shares", held, Memory{}, 0, false, 0},
		{"a store that cannot be read", Snapshot{State: Unknown}, shared, 0, false, 0},
		{"another machine was seen", held, shared, 0, true, 0},
		{"nothing has changed", held, shared, time.Hour, false, 0},
		{"the daemon ended", free, shared, time.Hour, true, 0},
		{"and began again at once", held, shared, time.Hour + time.Millisecond, false, time.Hour + announcePause},
		{"and runs", held, shared, time.Hour + announcePause, true, 0},
		{"another one runs", held, Memory{Shared: true, Peers: rival}, time.Hour + time.Minute, false, time.Hour + announcePause + HeartbeatTime},
		{"for long", held, Memory{Shared: true, Peers: rival}, time.Hour + announcePause + HeartbeatTime, true, 0},
		{"only the other one runs", free, Memory{Shared: true, Peers: rival}, 2 * time.Hour, true, 0},
		{"for long", free, Memory{Shared: true, Peers: rival}, 3 * time.Hour, false, 0},
	} {
		_, due, ok := v.Next(c.s, c.m, noon.Add(c.at))
		want := time.Time{}
		if c.due != 0 {
			want = noon.Add(c.due)
		}
		if ok != c.ok || !due.Equal(want) {
			t.Errorf("%s: %v, due %v, want %v, %v", c.name, ok, due, c.ok, want)
		}
	}
	v = Announcer{Machine: ownID, Version: "1"}
	if _, _, ok := v.Next(held, shared, noon); !ok {
		t.Fatal("nothing was announced")
	}
	if _, _, ok := v.Next(held, Memory{Shared: true, Peers: newRival}, noon.Add(2*time.Minute)); !ok {
		t.Error("a daemon that began after our announcement was not answered")
	}
}

// TestMissingFileIsWrittenAgain checks that a deleted file is written again, but only after missingPause, whatever else happens: a
// removal of the whole store (rm -r) would fail otherwise.
func TestMissingFileIsWrittenAgain(t *testing.T) {
	free := Snapshot{State: Unlocked, Host: "here"}
	shared := Memory{Shared: true}
	v := Announcer{Machine: ownID, Version: "1"}
	a, _, ok := v.Next(free, shared, noon)
	if !ok {
		t.Fatal("nothing was announced")
	}
	there := free
	there.Peers = NewPeers([]Peer{{Announcement: a, ThisMachine: true}})
	renamed := free
	renamed.Host = "new-name"
	minute, hour := noon.Add(time.Minute), noon.Add(time.Hour)
	for _, c := range []struct {
		name    string
		s       Snapshot
		at, due time.Time
		ok      bool
	}{
		{"the file is there", there, noon, time.Time{}, false},
		{"it is gone", free, minute, minute.Add(missingPause), false},
		{"for a second, and something is new", renamed, minute.Add(time.Second), minute.Add(missingPause), false},
		{"it is back", there, minute.Add(time.Second), time.Time{}, false},
		{"it is gone again", free, minute.Add(time.Second), minute.Add(time.Second + missingPause), false},
		{"the whole store is gone", Snapshot{State: Unknown}, minute.Add(2 * time.Second), time.Time{}, false},
		{"there is a new store", free, hour, hour.Add(missingPause), false},
		{"for long enough", free, hour.Add(missingPause), time.Time{}, true},
		{"it was just written", free, hour.Add(missingPause), time.Time{}, false},
	} {
		if _, due, ok := v.Next(c.s, shared, c.at); ok != c.ok || !due.Equal(c.due) {
			t.Errorf("%s: %v, due %v, want %v, %v", c.name, ok, due, c.ok, c.due)
		}
	}
}

// TestAnnouncerDates checks that each announcement has a later date than all before it, whatever the clock reads, and that the
// announcement of an earlier process is corrected.
func TestAnnouncerDates(t *testing.T) {
	v := Announcer{Machine: ownID, Version: "1"}
	own := report(time.Hour, isOwn) // our clock has been set back since
	s := Snapshot{State: Unlocked, Host: "here", Peers: NewPeers([]Peer{{Announcement: own, ThisMachine: true}})}
	a, _, ok := v.Next(s, Memory{}, noon)
	if !ok || !a.At.After(own.At) || a.Daemon != (DaemonID{}) || a.Host != "here" {
		t.Errorf("%v: %+v", ok, a)
	}
	left, ok := v.Leave(noon)
	if !ok || left.Watching || !left.At.After(a.At) {
		t.Errorf("%v: %+v", ok, left)
	}
}

// TestClash checks that another machine's announcement in our file counts as one clash, however often it is read, and that our own
// announcements never count.
func TestClash(t *testing.T) {
	v := Announcer{Machine: ownID, Version: "1"}
	look := func(a Announcement) Snapshot {
		return Snapshot{State: Unlocked, Host: "here", Peers: NewPeers([]Peer{{Announcement: a, ThisMachine: true}})}
	}
	m := Memory{Shared: true}
	mine, _, _ := v.Next(Snapshot{State: Unlocked, Host: "here"}, m, noon)
	old := mine
	old.At = old.At.Add(-time.Hour)
	for _, c := range []struct {
		a       Announcement
		rewrite bool
	}{{old, false}, {mine, false}, {old, true}} { // the first look preceded our write; later an engine restored the old file
		if _, _, ok := v.Next(look(c.a), m, noon.Add(time.Minute)); ok != c.rewrite {
			t.Errorf("the file of %v is written again: %v, want %v", c.a.At, ok, c.rewrite)
		}
	}
	if v.clashes != 0 {
		t.Errorf("our own announcements count: %d", v.clashes)
	}
	theirs := report(time.Hour, isOwn)
	for range 3 {
		v.Next(look(theirs), m, noon.Add(time.Minute))
	}
	if v.clashes != 1 {
		t.Errorf("one announcement counts %d times", v.clashes)
	}
	v.ChangeID(otherID)
	if a, _, ok := v.Next(Snapshot{State: Unlocked, Host: "here"}, Memory{}, noon.Add(2*time.Minute)); !ok || a.Machine != otherID {
		t.Errorf("under another id: %v, %+v", ok, a)
	}
}

// TestDaemonID checks that the identity of a daemon stays the same as long as it runs, even if its lock is no longer known.
func TestDaemonID(t *testing.T) {
	p := Process{PID: 7, Started: noon.Add(300 * time.Millisecond)}
	first := p.id(DaemonID{})
	p.Started = p.Started.Add(2 * time.Second) // the clock was slewed
	if got := p.id(first); got != first || first.StartedAt != timestamp(noon) {
		t.Errorf("%+v, then %+v", first, got)
	}
	lock := DaemonID{7, timestamp(noon.Add(time.Minute))}
	if got := p.id(lock); got != lock {
		t.Errorf("a daemon whose lock says %+v has the identity %+v", lock, got)
	}
	if got := p.id(DaemonID{7, timestamp(noon.Add(-time.Hour))}); got == (DaemonID{7, timestamp(noon.Add(-time.Hour))}) {
		t.Error("a process has the identity of one that ran before it")
	}
}

// TestElsewhere checks that the announcement of a Lockbar that has ended counts only with further evidence, since that
// Lockbar cannot report the end of its daemon.
func TestElsewhere(t *testing.T) {
	record := Record{PID: soundAnnouncement().Daemon.PID, Hostname: "mac-mini", StartedAt: soundAnnouncement().Daemon.StartedAt, SchemaVersion: schemaVersion}
	for _, c := range []struct {
		name string
		s    Snapshot
		p    Peer
		want int
	}{
		{"its Lockbar reports it", Snapshot{}, Peer{Announcement: report(0), Alive: true}, 1},
		{"its report has expired", Snapshot{}, Peer{Announcement: report(0)}, 0},
		{"its Lockbar has ended", Snapshot{}, Peer{Announcement: report(0, leaves), Alive: true}, 0},
		{"its Lockbar has ended, its lock is there", Snapshot{Record: record}, Peer{Announcement: report(0, leaves), Alive: true}, 1},
		{"its Lockbar has ended, two were known", Snapshot{}, Peer{Announcement: report(0, leaves), Alive: true, Contesting: true}, 1},
		{"it holds the lock in a container here", Snapshot{Record: record, holderInContainer: true}, Peer{Announcement: report(0), Alive: true}, 0},
	} {
		c.s.Peers = NewPeers([]Peer{c.p})
		if got := len(c.s.Elsewhere()); got != c.want {
			t.Errorf("%s: %d", c.name, got)
		}
	}
}

// TestPeersKeepTheirJSON checks the names under which an earlier version saved what it knew of other machines. A machine whose id is not
// valid is dropped: peerName would panic.
func TestPeersKeepTheirJSON(t *testing.T) {
	var p Peers
	saved := `[{"Machine":"b"},{"Machine":"bbbbbbbbbbbbbbbb","Own":true,"Told":true,"Silent":true,"Rival":true}]`
	noError(t, p.UnmarshalJSON([]byte(saved)))
	want := Peer{Announcement: Announcement{Machine: otherID}, ThisMachine: true, Updated: true, Removed: true, Contesting: true}
	if list := p.List(); len(list) != 1 || list[0] != want {
		t.Errorf("%s is read as %+v, want %+v", saved, list, want)
	}
}

// TestHeldLockOfAnEarlierBoot checks that a lock that was held before a reboot, by a process with the same StartID and another PID, does
// not keep the lock of now from being remembered.
func TestHeldLockOfAnEarlierBoot(t *testing.T) {
	r := NewRecord(500, "here", noon)
	p := Process{PID: r.PID, Status: Running, Kind: Daemon, store: thisStore, Started: noon.Add(-time.Second), StartID: 42}
	old := SeenLock{Token: tokenOf([]byte("old")), PID: 400, StartID: p.StartID, Gone: true}
	m := Memory{StartedAt: r.StartedAt, HeldLocks: [MaxGone]SeenLock{old}}
	s := Snapshot{State: HeldHere, Record: r, Token: tokenOf(r.Encode()), Holder: p}
	want := [MaxGone]SeenLock{{Token: s.Token, PID: p.PID, StartID: p.StartID}, old}
	if got := m.heldLocks(s); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestWitness checks that, of two machines with the name in the lock, the one decides whose daemon took the lock: the other took its own
// daemon for the holder, and reports that it is gone.
func TestWitness(t *testing.T) {
	r := Record{PID: 1, Hostname: "mini", StartedAt: "then"}
	token := tokenOf(r.Encode())
	gone := Peer{Announcement: Announcement{Machine: ownID, Gone: [MaxGone]Token{token}}}
	took := Peer{Announcement: Announcement{Machine: otherID, Daemon: DaemonID{r.PID, r.StartedAt}}}
	for _, c := range []struct {
		peers []Peer
		want  Peer
	}{{nil, Peer{}}, {[]Peer{gone}, gone}, {[]Peer{gone, took}, took}} {
		if got := (Snapshot{Record: r, Token: token, Peers: NewPeers(c.peers)}).Witness(); got != c.want {
			t.Errorf("of %v: %v, want %v", c.peers, got, c.want)
		}
	}
}
