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

// hostTimeout bounds one wait of a machine. The slowest event is a message that comes 10 s after its icon, after a sync that takes
// seconds.
const hostTimeout = time.Minute

// machine is a computer with a user's desktop, and with its own copy of the store.
type machine struct {
	*desk
	name string
	end  func() // ends all its processes, if it has namespaces
}

// newMachine returns a machine that shares this machine's kernel. Only lockbar takes it for another machine, with this name.
func newMachine(t *testing.T, name, id string) *machine {
	t.Helper()
	m := &machine{newDesk(t), name, func() {}}
	m.timeout = hostTimeout
	m.env = []string{"LOCKBAR_MACHINE_ID=" + id, "LOCKBAR_HOSTNAME=" + name}
	m.store.make(t)
	return m
}

// idA and idB are fixed, so that a failure shows which machine wrote a file.
const idA, idB = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"

// hostDaemon is the store's daemon on a machine.
type hostDaemon struct {
	on      *machine
	pid     int // on its machine
	process *testdesk.Process
	stdin   *os.File // closing it ends the process
}

// daemonScript replaces bash by a process with the command line of a daemon, which prints its PID and ends with its input.
const daemonScript = `exec -a "$0" sh -c 'echo "PID $$"; read -r nothing'`

func (m *machine) startDaemon() *hostDaemon {
	m.t.Helper()
	input, stdin, err := os.Pipe()
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { stdin.Close() })
	command := m.run("bash", "-c", daemonScript, m.store.daemonTitle())
	command.Stdin = input
	d := &hostDaemon{on: m, process: command.Start(m.t), stdin: stdin}
	input.Close()
	line := testdesk.Must(d.process.WaitLine(m.ctx(), "PID "))(m.t)
	if d.pid, err = strconv.Atoi(strings.TrimPrefix(line.Text, "PID ")); err != nil {
		m.t.Fatal(err)
	}
	return d
}

// take deletes any lock and writes a new one in place, as daemons of 3.x do.
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

// drop deletes the lock, if there is one.
func (s store) drop(t testing.TB) {
	t.Helper()
	testfs.Check(t, os.RemoveAll(s.lock()))
}

// stop deletes any lock and ends the daemon, as a daemon that ends by itself does.
func (d *hostDaemon) stop() {
	d.on.t.Helper()
	d.on.store.drop(d.on.t)
	d.leave()
}

// leave ends the daemon without deleting the lock.
func (d *hostDaemon) leave() {
	d.on.t.Helper()
	if err := d.stdin.Close(); err != nil {
		d.on.t.Fatal(err)
	}
	testdesk.Must(d.process.Wait(d.on.ctx()))(d.on.t)
}

// crash kills the daemon by its PID on its machine: d.process may be nsenter, which started it there.
func (d *hostDaemon) crash() {
	d.on.t.Helper()
	kill := d.on.run("sh", "-c", `kill -KILL "$0"`, strconv.Itoa(d.pid)).Start(d.on.t)
	if code := testdesk.Must(kill.Wait(d.on.ctx()))(d.on.t); code != 0 {
		d.on.t.Fatalf("kill: exit code %d", code)
	}
	testdesk.Must(d.process.Wait(d.on.ctx()))(d.on.t)
}

// announcedBy reports whether a is from the daemon's machine and says that the daemon runs.
func (d *hostDaemon) announcedBy(a announcement) bool {
	return a.Host == d.on.name && a.Watching && a.Daemon != nil && a.Daemon.PID == d.pid
}

// hosts holds two machines whose stores are synced while the line between them is up.
type hosts struct {
	a, b *machine
	line func(up bool)
}

// both calls do for each machine.
func (h hosts) both(do func(*machine)) {
	do(h.a)
	do(h.b)
}

// usualStory is the only story in the usual form of the tests.
const usualStory = "taken over and left behind"

// playOnTwoHosts plays the usual story or, in the long form, all stories. Each story has two machines of its own, each with lockbar's tray.
func playOnTwoHosts(t *testing.T, join func(*testing.T) hosts) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("needs bash, which gives a process the daemon's title")
	}
	for name, play := range map[string]func(*testing.T, hosts){
		usualStory:          takenOverAndLeftBehind,
		"overtaken deletes": overtakenDeletes,
		"taken twice":       takenTwice,
	} {
		t.Run(name, func(t *testing.T) {
			if name != usualStory && !testfs.Long() {
				t.Skipf("%s is not set", testfs.LongVariable)
			}
			t.Parallel()
			h := join(t)
			defer h.both(func(m *machine) { m.end() }) // before their directories are removed
			h.both(func(m *machine) { m.start().waitIcon(icons.Unlocked) })
			play(t, h)
		})
	}
}

// twoDaemons lets b's daemon take the store over from a's, which still runs, and waits until both machines show the alarm.
func (h hosts) twoDaemons() (first, second *hostDaemon) {
	first = h.a.startDaemon().take()
	h.a.waitIcon(icons.HeldHere)
	h.b.waitIcon(icons.HeldElsewhere)
	h.b.waitLine("Another computer, which says that its daemon runs")
	h.both(func(m *machine) { // each has the announcements of both
		m.waitAnnouncement(first.announcedBy)
		m.waitAnnouncement(func(a announcement) bool { return a.Host == h.b.name && a.Watching && a.Daemon == nil })
	})
	second = h.b.startDaemon().take()
	h.waitAlarm("Two daemons write to one store")
	// The announcement may be synced before the lock. If a's lock changed before b's arrived, the story would be a different one.
	waitFile(h.a.desk, h.a.store.lock(), func(lock string) bool { return strings.Contains(lock, h.b.name) })
	return first, second
}

// waitAlarm waits until both trays show two daemons, and both machines show an urgent message that names the other machine.
func (h hosts) waitAlarm(title string) {
	others := map[*machine]string{h.a: h.b.name, h.b: h.a.name}
	h.both(func(m *machine) {
		m.waitIcon(icons.Contested)
		note := m.waitNote(title)
		if note.Urgency() != testdesk.Critical || !strings.Contains(note.Body, others[m]) {
			m.t.Errorf("%s shows %v", m.name, note)
		}
	})
}

// waitClear waits until both machines show the end of the alarm.
func (h hosts) waitClear() {
	h.both(func(m *machine) { m.waitNote("All clear") })
}

// takenOverAndLeftBehind lets b's daemon take the store over while a's runs, and then crash as the only holder.
func takenOverAndLeftBehind(t *testing.T, h hosts) {
	first, second := h.twoDaemons()
	first.leave()
	h.b.waitIcon(icons.HeldHere)
	h.a.waitIcon(icons.HeldElsewhere)
	h.waitClear()

	second.crash()
	h.both(func(m *machine) { m.waitIcon(icons.Stale) })
	h.a.waitLine("Its computer says it has ended; the lock can be removed")
	want := fmt.Sprintf("%s says that PID %d", h.b.name, second.pid)
	if note := h.a.waitNote(h.b.name + " left a lock behind"); !strings.Contains(note.Body, want) {
		t.Errorf("%s shows %v, want %q", h.a.name, note, want)
	}
	h.a.choose("Force Unlock")
	h.both(func(m *machine) {
		m.waitIcon(icons.Unlocked)
		m.store.free(t)
	})
}

// overtakenDeletes ends the first daemon with stop, which deletes the second daemon's lock. The second daemon ends before its missing lock
// would cause another alarm.
func overtakenDeletes(t *testing.T, h hosts) {
	first, second := h.twoDaemons()
	first.stop()
	h.both(func(m *machine) { m.waitIcon(icons.Unlocked) })
	second.leave()
	h.waitClear()
	h.both(func(m *machine) { m.store.free(t) })
}

// takenTwice lets each machine's daemon take the lock while the line is down. The sync program keeps one lock as a conflict copy.
func takenTwice(t *testing.T, h hosts) {
	h.line(false)
	first := h.a.startDaemon().take()
	h.a.waitIcon(icons.HeldHere)
	h.b.startDaemon().take()
	h.b.waitIcon(icons.HeldHere)
	h.line(true)
	h.waitAlarm("write to one store") // or "may write to one store", on a machine that gets the copy before the announcement
	h.both(func(m *machine) { m.waitLine("Conflict copies: ") })
	first.leave()
	h.b.waitIcon(icons.HeldHere) // the later lock counts
	h.a.waitIcon(icons.HeldElsewhere)
	h.waitClear()
}
