//go:build linux

package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// hostPatience bounds one wait of a machine. The slowest fact is a message that comes 10 s after its icon, sent on by a sync program
// that takes seconds.
const hostPatience = time.Minute

// machine is a computer with a person's desktop, and with its own copy of the store.
type machine struct {
	*desk
	name string
}

// newMachine is a machine whose programs run within a command. Where that gives them no host name of their own, nameIt tells lockbar.
func newMachine(t *testing.T, name, id string, nameIt bool, within ...string) *machine {
	t.Helper()
	m := &machine{newDesk(t), name}
	m.within, m.patient = within, hostPatience
	m.env = []string{"LOCKBAR_MACHINE_ID=" + id, "LOCKBAR_HOSTNAME="}
	if nameIt {
		m.env = append(m.env, "LOCKBAR_HOSTNAME="+name)
	}
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

// waitAlarm waits until a tray shows two daemons, and its person is told at once, of the other machine too.
func (m *machine) waitAlarm(other string) {
	m.t.Helper()
	m.waitIcon(icons.Contested)
	note := m.waitNote("Two daemons write to one store")
	if note.Urgency() != testdesk.Critical || !strings.Contains(note.Body, other) {
		m.t.Errorf("%s says %v", m.name, note)
	}
}

// twoHosts is the story of two machines whose stores are one, with both trays running.
func twoHosts(t *testing.T, a, b *machine) {
	for _, m := range []*machine{a, b} {
		m.start().waitIcon(icons.Unlocked)
	}
	first := a.startDaemon().take()
	a.waitIcon(icons.HeldHere)
	b.waitIcon(icons.HeldElsewhere)
	b.waitLine("Another computer, which says that its daemon runs")
	for _, m := range []*machine{a, b} { // each has the files of both
		m.waitWord(first.says)
		m.waitWord(func(w word) bool { return w.Host == b.name && w.Watching && w.Daemon == nil })
	}

	second := b.startDaemon().take()
	a.waitAlarm(b.name)
	b.waitAlarm(a.name)

	first.leave()
	b.waitIcon(icons.HeldHere)
	a.waitIcon(icons.HeldElsewhere)
	for _, m := range []*machine{a, b} {
		m.waitNote("All clear")
	}

	second.crash()
	b.waitIcon(icons.Stale)
	a.waitIcon(icons.Stale)
	a.waitLine("Its computer says it has ended; the lock can be removed")
	said := fmt.Sprintf("%s says that PID %d", b.name, second.pid)
	if note := a.waitNote(b.name + " left a lock behind"); !strings.Contains(note.Body, said) {
		t.Errorf("%s says %v, without %q", a.name, note, said)
	}
	a.choose("Force Unlock")
	for _, m := range []*machine{a, b} {
		m.waitIcon(icons.Unlocked)
		m.store.free(t)
	}
}
