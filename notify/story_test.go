package notify

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/internal/config"
	"lockbar/internal/report"
	"lockbar/internal/testfs"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

var update = flag.Bool("update", false, "write the golden files")

// app is what the tray does with the decisions, without a desktop: each of its steps is written down before the next.
type app struct {
	live   Told
	disk   *Told                        // what is written: it is encoded when a process reads it
	seen   map[string]lockcore.Snapshot // the last looks, and as they are on disk
	kept   map[string]lockcore.Snapshot
	quiet  Quiet
	last   map[string]lockcore.Snapshot // of this process' watcher
	shown  []string                     // what the desktop was told, line by line
	desk   fakeDesk
	closed bool // a click has taken an alarm away
	// kill ends the process before its n-th step that matters; 0 is never.
	kill  int
	steps int
	looks map[string]lockcore.Snapshot // what is on disk
	own   map[string]lockcore.Backup   // our own newest change of it
}

// killed is panicked with by a process that ends.
type killed struct{}

func (a *app) step() {
	if a.steps++; a.steps == a.kill {
		panic(killed{})
	}
}

func (a *app) write(t *testing.T) {
	t.Helper()
	live := a.live // a value: nothing of it changes
	a.step()
	a.disk, a.kept = &live, maps.Clone(a.seen)
	a.step()
}

// pass hands over what was decided, as the tray does.
func (a *app) pass(t *testing.T, d Decider, now time.Time, orders []Order) {
	a.live.Decider, a.live.Outbox = d, a.live.Outbox.Put(now, orders...)
	a.write(t)
	a.post(t, now)
}

func (a *app) post(t *testing.T, now time.Time) {
	var letters []Letter
	a.live.Outbox, letters = a.live.Outbox.Take(now, a.quiet.Paused(now))
	a.desk.queue = append(a.desk.queue, letters...)
	for len(a.desk.queue) > 0 && !a.desk.hung {
		l := a.desk.queue[0]
		a.desk.queue = a.desk.queue[1:]
		h := a.deliver(l, now)
		a.step()
		a.live.Outbox = a.live.Outbox.Report(l.ID, h, a.desk.running != 0 || l.withdraws(), now)
		a.write(t)
		a.post(t, now)
	}
}

// fakeDesk is a desktop whose service can be told of all that goes wrong. What is not urgent expires.
type fakeDesk struct {
	running int // the how manieth service; 0 for none
	started int
	hung    bool
	queue   []Letter // what it was sent, and has not taken
	last    uint32
	screen  []onScreen
}

type onScreen struct {
	handle  Handle
	letter  Letter
	expires time.Time // zero for never
}

// expiry is how long a message that is not urgent is shown.
const expiry = 10 * time.Second

func (d *fakeDesk) service() string { return fmt.Sprint("service ", d.running) }

// deliver does what the native way does.
func (a *app) deliver(l Letter, now time.Time) Handle {
	d := &a.desk
	i := slices.IndexFunc(d.screen, func(s onScreen) bool { return s.handle == l.Replaces })
	switch {
	case d.running == 0:
		return Handle{}
	case l.withdraws() && i < 0:
		return Handle{}
	case l.withdraws():
		a.note(now, "-", d.screen[i].letter.Message)
		d.screen = slices.Delete(d.screen, i, i+1)
		return Handle{}
	}
	one := onScreen{letter: l}
	if !l.Message.Urgent {
		one.expires = now.Add(expiry)
	}
	if i >= 0 {
		one.handle, d.screen[i] = l.Replaces, one
		d.screen[i].handle = l.Replaces
		a.note(now, "~", l.Message)
		return l.Replaces
	}
	d.last++
	one.handle = Handle{d.service(), d.last}
	d.screen = append(d.screen, one)
	a.note(now, "+", l.Message)
	return one.handle
}

// note writes a line: "+" is shown, "~" shown in the place of another, "-" withdrawn.
func (a *app) note(now time.Time, what string, m Message) {
	mark := " "
	if m.Urgent {
		mark = "!"
	}
	line := fmt.Sprintf("%s %s%s %s", now.Format("15:04:05"), what, mark, m.Title)
	if what != "-" {
		line += " | " + m.Body
		for _, b := range m.Buttons {
			line += " [" + b.Label + "]"
		}
	}
	a.shown = append(a.shown, strings.ReplaceAll(line, "this Mac", "this computer"))
}

// expire takes from the desktop what nobody looked at.
func (a *app) expire(t *testing.T, now time.Time) {
	for _, s := range slices.Clone(a.desk.screen) {
		if !s.expires.IsZero() && !now.Before(s.expires) {
			a.close(t, s.handle, now)
		}
	}
}

func (a *app) close(t *testing.T, h Handle, now time.Time) {
	a.desk.screen = slices.DeleteFunc(a.desk.screen, func(s onScreen) bool { return s.handle == h })
	a.hear(t, Event{Handle: h, Closed: true}, now)
}

// hear takes in what the desktop says.
func (a *app) hear(t *testing.T, e Event, now time.Time) {
	var p Press
	if a.live.Outbox, p = a.live.Outbox.Happened(e, now); p.Do != "" {
		a.shown = append(a.shown, fmt.Sprintf("%s   clicked: %s of %s", now.Format("15:04:05"), p.Label, p.Store))
	}
	a.write(t)
	a.post(t, now)
}

// nextExpiry is when the desktop takes a message away by itself.
func (d *fakeDesk) nextExpiry() (next time.Time) {
	for _, s := range d.screen {
		if !s.expires.IsZero() {
			next = earliest(next, s.expires)
		}
	}
	return next
}

// until lets the clock run to now, with all that falls due.
func (a *app) until(t *testing.T, now time.Time) {
	for {
		next := a.live.Decider.Next()
		next = earliest(next, a.live.Outbox.Next(a.quiet.Until))
		next = earliest(next, a.desk.nextExpiry())
		if next.IsZero() || next.After(now) {
			break
		}
		a.expire(t, next)
		a.look(next)
		d, orders := a.live.Decider.Wake(next)
		a.pass(t, d, next, orders)
	}
}

// look gives the looks that are asked for.
func (a *app) look(now time.Time) {
	d, stores := a.live.Decider.Looks(now)
	for _, s := range stores {
		d = d.Look(s, a.looks[s], now)
	}
	a.live.Decider = d
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (a *app) see(t *testing.T, f Fact, now time.Time) {
	first := f.Event == watch.NoEvent
	if first {
		f.From = a.kept[f.To.Store]
		f.Event, f.Away = since(f.From, f.To, a.own[f.To.Store]), f.From != lockcore.Snapshot{}
	} else {
		f.From = a.last[f.To.Store]
	}
	a.last[f.To.Store] = f.To
	if _, known := a.seen[f.To.Store]; f.Event != watch.NoEvent || !known {
		a.seen[f.To.Store] = report.Kept(f.To)
	}
	d, orders := a.live.Decider.Step(f, now)
	a.pass(t, d, now, orders)
}

// since is what a watcher says of the first look after that of the process before, as far as the story has it.
func since(from, to lockcore.Snapshot, own lockcore.Backup) watch.Event {
	switch to = report.Kept(to); {
	case from == lockcore.Snapshot{}:
		return watch.Initial
	case from.Same(to):
		return watch.NoEvent
	case to.State == lockcore.Unknown:
		return watch.Unreadable
	case own.Kind == lockcore.BackupUnlock && own.Token == from.Token && !to.HasLock():
		return watch.WasRemoved
	case own.Kind == lockcore.BackupUnlock && own.Token == to.Token && !from.HasLock():
		return watch.Resurrected
	case to.State == lockcore.Corrupt:
		return watch.Corrupted
	case from.State == to.State && from.Record == to.Record:
		return watch.Changed
	case to.State == lockcore.Contested && (from.State != lockcore.HeldHere || to.Record == from.Record || to.Record.IsZero()):
		return watch.BecameTwo
	case to.Record.IsZero():
		return watch.Released
	case to.State == lockcore.Stale && to.Record == from.Record:
		return watch.WentStale
	case from.State == lockcore.Contested && to.Record == from.Record:
		return watch.Cleared
	case from.Record.IsZero() || to.OnThisHost():
		return watch.Acquired
	}
	return watch.TakenOver
}

// start is a new process that looks at all stores.
func (a *app) start(t *testing.T, now time.Time) {
	a.live, a.last = Told{}, map[string]lockcore.Snapshot{}
	if a.disk != nil {
		data, err := a.disk.Encode()
		if err == nil {
			a.live, err = DecodeTold(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	a.live.Outbox, a.desk.queue = a.live.Outbox.Resume(), nil
	// What the desktop took in the very moment of the kill nobody knows of: it stays until its reader dismisses it.
	a.desk.screen = slices.DeleteFunc(a.desk.screen, func(s onScreen) bool {
		return a.live.Outbox.find(func(l *Letter) bool { return l.Shown == s.handle }) == nil
	})
	a.live.Decider, a.seen = a.live.Decider.Quieten(a.quiet), map[string]lockcore.Snapshot{}
	maps.Copy(a.seen, a.kept)
	for dir, s := range a.kept {
		a.live.Decider = a.live.Decider.Recall(dir, s)
	}
	for _, dir := range []string{"/s", "/t"} {
		if s, ok := a.looks[dir]; ok {
			a.see(t, Fact{Store: name(dir), To: s}, now)
		}
	}
}

func name(dir string) string { return map[string]string{"/s": "~/.iai-mcp", "/t": "/mnt/work"}[dir] }

// deed is one thing that happens in the story.
type deed struct {
	at   string
	what any
}

type (
	saw struct { // the watcher
		event watch.Event
		to    lockcore.Snapshot
	}
	asleep  saw // the same, seen on waking from sleep
	unseen  struct{ to lockcore.Snapshot }
	restart struct{}
	pause   time.Duration
	resume  struct{}
	off     config.Kind
	service bool   // whether the notification service is there
	stuck   bool   // whether it hangs
	press   string // the label of a button of what is on the screen
)

func at(s lockcore.Snapshot, dir string) lockcore.Snapshot { s.Store = dir; return s }

func taken(host string, pid int, clock string) lockcore.Record {
	return lockcore.Record{PID: pid, Hostname: host, StartedAt: "2026-11-22T" + clock + "+00:00", SchemaVersion: "1"}
}

func held(r lockcore.Record) lockcore.Snapshot {
	s := look(lockcore.HeldElsewhere, "", r)
	if s.Host = "mac-a"; r.Hostname == s.Host {
		s.State = lockcore.HeldHere
		s.Holder = lockcore.Process{PID: r.PID, Status: lockcore.Running, Kind: lockcore.Daemon}
	}
	return s
}

func gone(r lockcore.Record) lockcore.Snapshot {
	s := look(lockcore.Stale, lockcore.ProcessGone, r)
	s.Host = "mac-a"
	return s
}

func running(r lockcore.Record, pid int) lockcore.Snapshot {
	s := look(lockcore.Contested, lockcore.LocalDaemonAlive, r)
	s.Host, s.LocalDaemon = "mac-a", lockcore.Process{PID: pid, Status: lockcore.Running, Kind: lockcore.Daemon, Command: "python3 -m " + lockcore.DaemonModule}
	return s
}

// day is what happens on one day on a MacBook called mac-a, with two stores.
func day() []deed {
	const s, t = "/s", "/t"
	morning, second := taken("mac-a", 100, "07:00:00"), taken("mac-a", 101, "07:30:05")
	mini, miniAgain := taken("mac-mini", 500, "08:15:00"), taken("mac-mini", 501, "12:40:00")
	studio := taken("studio", 900, "10:05:00")
	var deeds []deed
	add := func(clock string, what any) { deeds = append(deeds, deed{clock, what}) }

	// The first start ever: who holds a store is no news, a lock that was left behind is.
	add("06:55:00", unseen{at(free, s)})
	add("06:55:00", unseen{at(gone(taken("mac-a", 66, "05:00:00")), t)})
	add("06:55:00", restart{})
	// Our own daemon comes, goes and is restarted: history only. The left lock goes too.
	add("07:00:00", saw{watch.Acquired, at(held(morning), s)})
	add("07:10:00", saw{watch.WasRemoved, at(free, t)})
	add("07:30:00", saw{watch.WentStale, at(gone(morning), s)})
	add("07:30:05", saw{watch.Acquired, at(held(second), s)})
	// This computer changes its name with the network.
	add("07:45:00", saw{watch.Renamed, at(func() lockcore.Snapshot {
		n := held(second)
		n.Reason, n.Host = lockcore.RenamedHost, "mac-a.lan"
		return n
	}(), s)})
	add("07:50:00", saw{watch.Renamed, at(held(second), s)})
	// mac-mini takes over while our daemon runs; that stays so, then ours ends.
	add("08:15:01", saw{watch.TakenOver, at(running(mini, 101), s)})
	add("08:16:00", saw{watch.Changed, at(running(mini, 101), s)})
	add("08:20:00", saw{watch.Cleared, at(held(mini), s)})
	// Lockbar is restarted: nothing is news.
	add("08:30:00", restart{})
	// The machine sleeps; a third computer takes over meanwhile.
	add("10:30:00", asleep{watch.TakenOver, at(held(studio), s)})
	// The second store turns into something odd, cannot be read, and is odd again.
	add("11:00:00", saw{watch.Corrupted, at(corrupt, t)})
	add("11:01:00", saw{watch.Unreadable, at(unread, t)})
	add("11:02:00", saw{watch.Corrupted, at(corrupt, t)})
	add("11:10:00", saw{watch.WasRemoved, at(free, t)})
	add("11:10:30", saw{watch.Resurrected, at(corrupt, t)})
	add("11:11:00", saw{watch.WasRemoved, at(free, t)})
	// Lockbar is not running over lunch: both stores change.
	add("12:40:00", unseen{at(held(miniAgain), s)})
	add("12:41:00", unseen{at(held(taken("studio", 901, "12:41:00")), t)})
	add("13:00:00", restart{})
	// Paused: two takeovers and a crash that is over before the pause is.
	add("14:00:00", pause(time.Hour))
	add("14:10:00", saw{watch.TakenOver, at(held(taken("studio", 902, "14:10:00")), s)})
	add("14:20:00", saw{watch.TakenOver, at(held(taken("mac-mini", 502, "14:20:00")), s)})
	add("14:30:00", saw{watch.Released, at(free, t)})
	add("14:31:00", saw{watch.Acquired, at(held(taken("mac-a", 102, "14:31:00")), t)})
	add("14:32:00", saw{watch.WentStale, at(gone(taken("mac-a", 102, "14:31:00")), t)})
	add("14:40:00", saw{watch.Acquired, at(held(taken("mac-a", 103, "14:40:00")), t)})
	add("14:45:00", restart{})
	add("15:00:00", resume{})
	// Two hosts fight: three are told, then one summary, then nothing.
	for i, host := range []string{"studio", "mac-mini", "studio", "mac-mini", "studio", "mac-mini", "studio"} {
		clock := fmt.Sprintf("16:%02d:00", 2*i)
		add(clock, saw{watch.TakenOver, at(held(taken(host, 600+i, clock)), s)})
	}
	// Calm again, then one more takeover is news.
	add("16:40:00", saw{watch.TakenOver, at(held(taken("mac-mini", 700, "16:40:00")), s)})
	// The notification service is away for a while: told late.
	add("17:00:00", service(false))
	add("17:00:30", saw{watch.WentStale, at(gone(taken("mac-a", 103, "14:40:00")), t)})
	add("17:05:00", service(true))
	// A conflict copy, and a kind that is turned off.
	add("18:00:00", off(config.Takeover))
	add("18:01:00", saw{watch.TakenOver, at(held(taken("studio", 903, "18:01:00")), s)})
	add("18:30:00", saw{watch.BecameTwo, at(copied, s)})
	add("19:00:00", saw{watch.BecameTwo, at(vanished, t)})
	// The service is restarted under an alarm, which is shown again; then one claim is gone.
	add("19:05:00", service(false))
	add("19:05:01", service(true))
	add("19:10:00", saw{watch.Acquired, at(held(taken("mac-a", 104, "19:10:00")), t)})
	add("19:20:00", off(""))
	// Lockbar is killed and started under an alarm: its buttons must be new ones. Then the copy goes.
	add("19:30:00", restart{})
	add("19:40:00", press("Force Unlock"))
	add("19:45:00", saw{watch.WasRemoved, at(free, s)})
	// A daemon that keeps crashing, and is restarted each time, is told once.
	last := taken("mac-a", 104, "19:10:00")
	for i := range 5 {
		add(fmt.Sprintf("20:%02d:00", 5*i), saw{watch.WentStale, at(gone(last), t)})
		last = taken("mac-a", 105+i, fmt.Sprintf("20:%02d:08", 5*i))
		add(fmt.Sprintf("20:%02d:08", 5*i), saw{watch.Acquired, at(held(last), t)})
	}
	// Both stores are taken over in the same moment.
	add("22:00:00", saw{watch.TakenOver, at(held(taken("studio", 910, "22:00:00")), s)})
	add("22:00:00", saw{watch.TakenOver, at(held(taken("studio", 911, "22:00:00")), t)})
	// The service hangs: what it was sent and what comes meanwhile is shown once, and of each store the newest.
	add("23:00:00", stuck(true))
	add("23:00:00", saw{watch.TakenOver, at(held(taken("mac-mini", 920, "23:00:00")), s)})
	add("23:01:00", saw{watch.TakenOver, at(held(taken("studio", 921, "23:01:00")), s)})
	add("23:02:00", saw{watch.TakenOver, at(running(taken("mac-mini", 922, "23:02:00"), 110), s)})
	add("23:03:00", stuck(false))
	add("23:04:00", press("Copy Command"))
	add("23:10:00", saw{watch.Cleared, at(held(taken("mac-mini", 922, "23:02:00")), s)})
	add("23:59:00", saw{watch.Released, at(free, s)})
	return deeds
}

// play plays the story; kill ends the process before its n-th step, and a new one is started at once.
func play(t *testing.T, kill int) *app {
	a := &app{kill: kill, seen: map[string]lockcore.Snapshot{}, looks: map[string]lockcore.Snapshot{}, own: map[string]lockcore.Backup{},
		desk: fakeDesk{running: 1, started: 1}}
	for _, d := range day() {
		clock, err := time.Parse(time.DateTime, "2026-11-22 "+d.at)
		if err != nil {
			t.Fatal(err)
		}
		a.survive(t, clock, func() { a.until(t, clock) })
		a.survive(t, clock, func() { a.happen(t, d.what, clock) })
		if ghosts := a.ghosts(); len(ghosts) > 0 && !a.desk.hung && a.desk.running != 0 {
			t.Errorf("killed before step %d: at %s %q", kill, d.at, ghosts)
		}
	}
	return a
}

// ghosts returns what the desktop shows and nobody will take back, and the alarms that it should show and does not.
func (a *app) ghosts() (all []string) {
	for _, s := range a.desk.screen {
		if !a.live.Decider.Tells(s.letter.Slot) {
			all = append(all, "a ghost: "+s.letter.Message.Title)
		}
	}
	for slot, p := range a.live.Decider.posts {
		if p.Urgent && !a.closed && !slices.ContainsFunc(a.desk.screen, func(s onScreen) bool { return s.letter.Slot == slot }) {
			all = append(all, "an alarm is gone in "+slot)
		}
	}
	return all
}

// survive runs work; where that kills the process a new one begins, and finishes what is due.
func (a *app) survive(t *testing.T, now time.Time, work func()) {
	defer func() {
		switch r := recover(); r {
		case nil:
		case killed{}:
			a.start(t, now)
			a.until(t, now)
		default:
			panic(r)
		}
	}()
	work()
}

func (a *app) happen(t *testing.T, what any, now time.Time) {
	switch w := what.(type) {
	case unseen:
		a.looks[w.to.Store] = w.to
	case saw:
		if w.event == watch.WasRemoved {
			a.own[w.to.Store] = lockcore.Backup{Kind: lockcore.BackupUnlock, Token: a.looks[w.to.Store].Token, At: now}
		}
		a.looks[w.to.Store] = w.to
		a.see(t, Fact{Store: name(w.to.Store), Event: w.event, To: w.to}, now)
	case asleep:
		a.looks[w.to.Store] = w.to
		a.see(t, Fact{Store: name(w.to.Store), Event: w.event, To: w.to, Away: true}, now)
	case restart:
		a.start(t, now)
	case service:
		a.serve(t, bool(w), now)
	case stuck:
		a.desk.hung = bool(w)
		a.post(t, now)
	case press:
		a.press(t, string(w), now)
	case pause:
		a.quieten(t, Quiet{Until: now.Add(time.Duration(w))}, now)
	case resume:
		a.quieten(t, Quiet{}, now)
	case off:
		a.quieten(t, Quiet{off: map[config.Kind]bool{config.Kind(w): w != ""}}, now)
	}
}

// serve starts a new service, or ends the one there is, with all that it shows.
func (a *app) serve(t *testing.T, there bool, now time.Time) {
	a.desk.running, a.desk.screen = 0, nil
	if there {
		a.desk.started++
		a.desk.running = a.desk.started
		a.hear(t, Event{Came: a.desk.service()}, now)
	}
}

// press clicks a button, and the service takes the message away.
func (a *app) press(t *testing.T, label string, now time.Time) {
	for _, s := range a.desk.screen {
		for _, b := range s.letter.Message.Buttons {
			if b.Label == label {
				a.closed = true
				a.hear(t, Event{Handle: s.handle, Button: s.letter.Key(b)}, now)
				a.close(t, s.handle, now)
				return
			}
		}
	}
	if a.kill != 0 { // what was told meanwhile may be told as a summary
		return
	}
	t.Errorf("%s: no button %q on the screen: %v", now, label, a.desk.screen)
}

func (a *app) quieten(t *testing.T, q Quiet, now time.Time) {
	a.quiet = q
	d, orders := a.live.Decider.Quieten(q).Wake(now)
	a.pass(t, d, now, orders)
}

// TestDay is a day with its exact list of notifications.
func TestDay(t *testing.T) {
	path := filepath.Join("testdata", "day.golden")
	got := strings.Join(play(t, 0).shown, "\n") + "\n"
	got = regexp.MustCompile(`taskkill /F /T /PID \d+`).ReplaceAllString(got, words.StopCommand) // on Windows
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.ReplaceAll(string(want), "\r\n", "\n"); got != want {
		t.Errorf("told:\n%s\nwant:\n%s", got, want)
	}
}

// TestKilledAtAnyMoment, or at every third in its short form: at most one message is repeated, and no fact is lost. After a restart a fact may stand in the
// message about what happened meanwhile, so it is looked for by what every wording of it has.
func TestKilledAtAnyMoment(t *testing.T) {
	whole := play(t, 0)
	for n := 1; n <= whole.steps; n += testfs.Rounds(3, 1) {
		got := play(t, n).shown
		if extra := news(got) - news(whole.shown); extra > 1 {
			t.Errorf("killed before step %d: %d more\n%s", n, extra, strings.Join(got, "\n"))
		}
		repeated := 0
		for i, line := range got {
			for _, other := range got[:i] {
				if line == other { // a new process begins at once, so the time is the same
					repeated++
				}
			}
		}
		if repeated > 1 {
			t.Errorf("killed before step %d: %d repeated\n%s", n, repeated, strings.Join(got, "\n"))
		}
		for _, fact := range facts {
			if !strings.Contains(strings.Join(got, "\n"), fact) {
				t.Errorf("killed before step %d: %q was never told\n%s", n, fact, strings.Join(got, "\n"))
			}
		}
	}
}

// news counts what came up on the desktop.
func news(lines []string) (n int) {
	for _, line := range lines {
		if strings.Contains(line, " +") {
			n++
		}
	}
	return n
}

// facts of the day, in words that stand in every message about them.
var facts = []string{
	"This computer left a lock behind",
	"(PID 101)",
	"studio took over from mac-mini at 10:05",
	"The lock is corrupt",
	"came back",
	"mac-mini took over from studio at 12:40",
	"studio took the store at 12:41",
	"studio took over from mac-mini at 14:10",
	"mac-mini took over from studio at 14:20",
	"fight over one store",
	"kept two locks of",
	"A daemon runs here without its lock",
}

func TestToldRefusesNoise(t *testing.T) {
	for _, text := range []string{"{", "[]", `{"version":1}`, `{"version":3}`, `{"version":2,"stores":[]}`} {
		if _, err := DecodeTold([]byte(text)); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
