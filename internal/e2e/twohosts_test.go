//go:build linux

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// hostPatience bounds one wait of a machine. The slowest fact is a message that comes 10 s after its icon, sent on by a sync program
// that takes seconds.
const hostPatience = time.Minute

// machine is a computer with a person's desktop, and with its own copy of the store.
type machine struct {
	*desk
	name string
	end  func() // ends all its processes, if they are its own
}

// newMachine is a machine on this one, whose name only lockbar is told.
func newMachine(t *testing.T, name, id string) *machine {
	t.Helper()
	m := &machine{newDesk(t), name, func() {}}
	m.timeout = hostPatience
	m.env = []string{"LOCKBAR_MACHINE_ID=" + id, "LOCKBAR_HOSTNAME=" + name}
	m.store.make(t)
	return m
}

// The ids are of our choosing, so that a machine's file has a name that the failure of a test can be read by.
const idA, idB = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"

// hostDaemon is the store's daemon on a machine.
type hostDaemon struct {
	on      *machine
	pid     int // as its machine counts
	process *testdesk.Process
	end     *os.File // closing it ends the process
}

// daemonScript says its number when it has the command line of a daemon already, and ends with its input.
const daemonScript = `exec -a "$0" sh -c 'echo "PID $$"; read -r nothing'`

func (m *machine) startDaemon() *hostDaemon {
	m.t.Helper()
	input, end, err := os.Pipe()
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { end.Close() })
	command := m.run("bash", "-c", daemonScript, m.store.daemon().Args[0])
	command.Stdin = input
	d := &hostDaemon{on: m, process: command.Start(m.t), end: end}
	input.Close()
	line := testdesk.Must(d.process.WaitLine(m.ctx(), "PID "))(m.t)
	if d.pid, err = strconv.Atoi(strings.TrimPrefix(line.Text, "PID ")); err != nil {
		m.t.Fatal(err)
	}
	return d
}

// take fills the lock in place, as daemons of 3.x do. Whatever lock is there is deleted before.
func (d *hostDaemon) take() *hostDaemon {
	d.on.t.Helper()
	d.on.store.drop(d.on.t)
	file, err := os.OpenFile(d.on.store.lock(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		d.on.t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Write(record(d.pid, d.on.name)); err != nil {
		d.on.t.Fatal(err)
	}
	return d
}

// drop deletes whatever lock is there, if any.
func (s store) drop(t testing.TB) {
	t.Helper()
	if err := os.RemoveAll(s.lock()); err != nil {
		t.Fatal(err)
	}
}

// stop is an orderly end, which deletes whatever lock is there.
func (d *hostDaemon) stop() {
	d.on.t.Helper()
	d.on.store.drop(d.on.t)
	d.leave()
}

// leave is an end that leaves the lock to whoever wrote it.
func (d *hostDaemon) leave() {
	d.on.t.Helper()
	if err := d.end.Close(); err != nil {
		d.on.t.Fatal(err)
	}
	testdesk.Must(d.process.Wait(d.on.ctx()))(d.on.t)
}

// crash kills the daemon itself: its process here may be the one that brought it to its machine.
func (d *hostDaemon) crash() {
	d.on.t.Helper()
	kill := d.on.run("sh", "-c", `kill -KILL "$0"`, strconv.Itoa(d.pid)).Start(d.on.t)
	if code := testdesk.Must(kill.Wait(d.on.ctx()))(d.on.t); code != 0 {
		d.on.t.Fatalf("kill: exit code %d", code)
	}
	testdesk.Must(d.process.Wait(d.on.ctx()))(d.on.t)
}

// says reports whether a word is that of this daemon's machine, with it running.
func (d *hostDaemon) says(w word) bool {
	return w.Host == d.on.name && w.Watching && w.Daemon != nil && w.Daemon.PID == d.pid
}

// hosts are two machines whose stores are one as long as the line between them holds.
type hosts struct {
	a, b *machine
	line func(up bool)
}

// both calls for each.
func (h hosts) both(do func(*machine)) {
	do(h.a)
	do(h.b)
}

// playOnTwoHosts plays stories at a time, each on machines of its own with both trays running: one of them, or all in the long form.
func playOnTwoHosts(t *testing.T, usual string, join func(*testing.T) hosts) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash, which names the daemons")
	}
	for name, play := range map[string]func(*testing.T, hosts){
		"taken over and left behind": takenOverAndLeftBehind,
		"overtaken deletes":          overtakenDeletes,
		"taken twice":                takenTwice,
	} {
		t.Run(name, func(t *testing.T) {
			if name != usual && !testfs.Long() {
				t.Skipf("%s is not set", testfs.LongVariable)
			}
			t.Parallel()
			h := join(t)
			defer h.both(func(m *machine) { m.end() }) // before what they use is removed
			h.both(func(m *machine) { m.start().waitIcon(icons.Unlocked) })
			play(t, h)
		})
	}
}

// twoDaemons has b's daemon take the store over from a's, which still runs, and waits until both persons are told.
func (h hosts) twoDaemons() (first, second *hostDaemon) {
	first = h.a.startDaemon().take()
	h.a.waitIcon(icons.HeldHere)
	h.b.waitIcon(icons.HeldElsewhere)
	h.b.waitLine("Another computer, which says that its daemon runs")
	h.both(func(m *machine) { // has the files of both
		m.waitWord(first.says)
		m.waitWord(func(w word) bool { return w.Host == h.b.name && w.Watching && w.Daemon == nil })
	})
	second = h.b.startDaemon().take()
	h.waitAlarm("Two daemons write to one store")
	// The word may come before the lock, and a lock that changes here meanwhile would be another story.
	waitFile(h.a.desk, h.a.store.lock(), func(lock string) bool { return strings.Contains(lock, h.b.name) })
	return first, second
}

// waitAlarm waits until both trays show two daemons, and both persons are told it as urgent, with the name of the other machine.
func (h hosts) waitAlarm(title string) {
	others := map[*machine]string{h.a: h.b.name, h.b: h.a.name}
	h.both(func(m *machine) {
		m.waitIcon(icons.Contested)
		note := m.waitNote(title)
		if note.Urgency() != testdesk.Critical || !strings.Contains(note.Body, others[m]) {
			m.t.Errorf("%s says %v", m.name, note)
		}
	})
}

// waitClear waits until both persons are told that it is over.
func (h hosts) waitClear() {
	h.both(func(m *machine) { m.waitNote("All clear") })
}

// takenOverAndLeftBehind: b's daemon takes the store over while a's runs, and crashes as the only holder.
func takenOverAndLeftBehind(t *testing.T, h hosts) {
	first, second := h.twoDaemons()
	first.leave()
	h.b.waitIcon(icons.HeldHere)
	h.a.waitIcon(icons.HeldElsewhere)
	h.waitClear()

	second.crash()
	h.both(func(m *machine) { m.waitIcon(icons.Stale) })
	h.a.waitLine("Its computer says it has ended; the lock can be removed")
	said := fmt.Sprintf("%s says that PID %d", h.b.name, second.pid)
	if note := h.a.waitNote(h.b.name + " left a lock behind"); !strings.Contains(note.Body, said) {
		t.Errorf("%s says %v, without %q", h.a.name, note, said)
	}
	h.a.choose("Force Unlock")
	h.both(func(m *machine) {
		m.waitIcon(icons.Unlocked)
		m.store.free(t)
	})
}

// overtakenDeletes: the orderly end of the daemon that was taken over deletes the other's lock. That one ends before it has run without
// a lock for so long that this is an alarm again.
func overtakenDeletes(t *testing.T, h hosts) {
	first, second := h.twoDaemons()
	first.stop()
	h.both(func(m *machine) { m.waitIcon(icons.Unlocked) })
	second.leave()
	h.waitClear()
	h.both(func(m *machine) { m.store.free(t) })
}

// takenTwice: each machine's daemon takes the lock while neither hears of the other, and the sync program keeps one as a copy.
func takenTwice(t *testing.T, h hosts) {
	h.line(false)
	first := h.a.startDaemon().take()
	h.a.waitIcon(icons.HeldHere)
	h.b.startDaemon().take()
	h.b.waitIcon(icons.HeldHere)
	h.line(true)
	h.waitAlarm("write to one store") // they "may", says who finds the copy before the other machine's word
	h.both(func(m *machine) { m.waitLine("Conflict copies: ") })
	first.leave()
	h.b.waitIcon(icons.HeldHere) // the later one counts
	h.a.waitIcon(icons.HeldElsewhere)
	h.waitClear()
}
