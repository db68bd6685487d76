package notify

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/internal/config"
	"lockbar/internal/report"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// app does what the tray does with the decisions, on a fakeDesk. It saves the state before the desktop gets a message, and after the desktop
// has accepted it.
type app struct {
	live   Saved
	disk   *Saved                       // the saved state, encoded only when a process reads it
	seen   map[string]lockcore.Snapshot // the looks to save
	kept   map[string]lockcore.Snapshot // the looks on disk
	quiet  Quiet
	last   map[string]lockcore.Snapshot // the last looks of this process's watcher
	shown  []string                     // a line for each message that was shown, replaced or withdrawn, and for each click
	desk   fakeDesk
	closed bool // a click has removed a message, which may be an alarm
	// kill is the number of the step before which the process is killed; 0 for never.
	kill  int
	steps int
	looks map[string]lockcore.Snapshot // the stores' present state
	own   map[string]lockcore.Backup   // our newest change of each store
}

// killed is the panic value of a process that is killed.
type killed struct{}

func (a *app) step() {
	if a.steps++; a.steps == a.kill {
		panic(killed{})
	}
}

func (a *app) write(t *testing.T) {
	t.Helper()
	live := a.live // a value, which does not change
	a.step()
	a.disk, a.kept = &live, maps.Clone(a.seen)
	a.step()
}

// pass puts orders into the outbox, saves the state and delivers what is due, as the tray does.
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

// fakeDesk is a desktop whose service can fail in several ways. A message that is not urgent expires.
type fakeDesk struct {
	running int // the number of the running service; 0 for none
	started int
	hung    bool
	queue   []Letter // sent, but not accepted
	last    uint32
	screen  []onScreen
}

type onScreen struct {
	handle  Handle
	letter  Letter
	expires time.Time // zero for never
}

// expiry bounds how long a message that is not urgent is shown.
const expiry = 10 * time.Second

func (d *fakeDesk) service() string { return fmt.Sprint("service ", d.running) }

// deliver acts as the native delivery does.
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
		one.handle = l.Replaces
		d.screen[i] = one
		a.note(now, "~", l.Message)
		return l.Replaces
	}
	d.last++
	one.handle = Handle{d.service(), d.last}
	d.screen = append(d.screen, one)
	a.note(now, "+", l.Message)
	return one.handle
}

// note adds a line: "+" for a shown message, "~" for one that replaces another, "-" for a withdrawn one.
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

// expire closes the messages that have expired.
func (a *app) expire(t *testing.T, now time.Time) {
	for _, s := range slices.Clone(a.desk.screen) {
		if !s.expires.IsZero() && !now.Before(s.expires) {
			a.close(t, s.handle, now)
		}
	}
}

func (a *app) close(t *testing.T, h Handle, now time.Time) {
	a.desk.screen = slices.DeleteFunc(a.desk.screen, func(s onScreen) bool { return s.handle == h })
	a.handle(t, DesktopEvent{Handle: h, Closed: true}, now)
}

// handle handles an event of the desktop.
func (a *app) handle(t *testing.T, e DesktopEvent, now time.Time) {
	var p Press
	if a.live.Outbox, p = a.live.Outbox.HandleEvent(e, now); p.Do != "" {
		a.shown = append(a.shown, fmt.Sprintf("%s   clicked: %s of %s", now.Format("15:04:05"), p.Label, p.Store))
	}
	a.write(t)
	a.post(t, now)
}

// nextExpiry returns when the next message expires; zero for never.
func (d *fakeDesk) nextExpiry() (next time.Time) {
	for _, s := range d.screen {
		next = Earliest(next, s.expires)
	}
	return next
}

// until lets the clock run to now, and handles what falls due.
func (a *app) until(t *testing.T, now time.Time) {
	for {
		next := Earliest(a.live.Decider.Next(), a.live.Outbox.Next(a.quiet.Until), a.desk.nextExpiry())
		if next.IsZero() || next.After(now) {
			break
		}
		a.expire(t, next)
		d := recheck(a.live.Decider, next)
		d, orders := d.Wake(next)
		a.pass(t, d, next, orders)
	}
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

// since returns the event that a watcher reports for its first look, given the previous process's last one. It knows only the cases that
// the story needs.
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
		return watch.LockChanged
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

// start starts a new process, which looks at all stores.
func (a *app) start(t *testing.T, now time.Time) {
	a.live, a.last = Saved{}, map[string]lockcore.Snapshot{}
	if a.disk != nil {
		data, err := a.disk.Encode()
		if err == nil {
			a.live, err = DecodeSaved(data)
		}
		testfs.Check(t, err)
	}
	a.live.Outbox, a.desk.queue = a.live.Outbox.Resume(), nil
	// If the old process was killed between the acceptance of a message and the save, the new one does not know that message. A real desktop
	// shows it until the user dismisses it; here it is removed, since ghosts would report it.
	a.desk.screen = slices.DeleteFunc(a.desk.screen, func(s onScreen) bool {
		return a.live.Outbox.find(func(l *Letter) bool { return l.Shown == s.handle }) == nil
	})
	a.live.Decider.Quiet, a.seen = a.quiet, map[string]lockcore.Snapshot{}
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

// ghosts returns the messages that nothing will withdraw, and the alarms that are missing on the desktop.
func (a *app) ghosts() (all []string) {
	for _, s := range a.desk.screen {
		if !a.live.Decider.HasMessage(s.letter.Slot) {
			all = append(all, "never withdrawn: "+s.letter.Message.Title)
		}
	}
	for slot, p := range a.live.Decider.posts {
		if p.Urgent && !a.closed && !slices.ContainsFunc(a.desk.screen, func(s onScreen) bool { return s.letter.Slot == slot }) {
			all = append(all, "an alarm is missing in "+slot)
		}
	}
	return all
}

// survive runs work. If the process is killed meanwhile, it starts a new process, which does what is due.
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

// serve ends the running service with all its messages, and starts a new one if runs is set.
func (a *app) serve(t *testing.T, runs bool, now time.Time) {
	a.desk.running, a.desk.screen = 0, nil
	if runs {
		a.desk.started++
		a.desk.running = a.desk.started
		a.handle(t, DesktopEvent{Appeared: a.desk.service()}, now)
	}
}

// press clicks a button, and the service closes the message.
func (a *app) press(t *testing.T, label string, now time.Time) {
	for _, s := range a.desk.screen {
		for _, b := range s.letter.Message.Buttons {
			if b.Label == label {
				a.closed = true
				a.handle(t, DesktopEvent{Handle: s.handle, Button: s.letter.Key(b)}, now)
				a.close(t, s.handle, now)
				return
			}
		}
	}
	if a.kill != 0 { // after a kill a summary without buttons may replace the message
		return
	}
	t.Errorf("%s: no button %q on the screen: %v", now, label, a.desk.screen)
}

func (a *app) quieten(t *testing.T, q Quiet, now time.Time) {
	a.quiet, a.live.Decider.Quiet = q, q
	d, orders := a.live.Decider.Wake(now)
	a.pass(t, d, now, orders)
}
