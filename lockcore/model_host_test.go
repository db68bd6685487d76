package lockcore

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A host is a machine: its files, processes, clock, and Lockbar.
type host struct {
	world  *world
	index  int
	id     string
	name   string
	skew   time.Duration // of its clock
	booted time.Time
	boots  int
	asleep bool
	shows  bool // the system shows who has the database open
	store  *Store

	known      map[string]version   // files as the sync engine knows them, by path
	disk       map[string]version   // files as they are
	changed    map[string]time.Time // ctime
	dirChanged time.Time
	processes  []*process

	running     bool // its Lockbar runs
	switchedOff bool // its Lockbar looks but writes no file
	memory      Memory
	announcer   Announcer
	next        time.Time // time of its next look
	ledger
}

func newHost(w *world, i int, name string) *host {
	h := &host{world: w, index: i, id: strings.Repeat(string(rune('a'+i)), 8) + "00000000", name: name, booted: w.now, dirChanged: w.now,
		known: map[string]version{}, disk: map[string]version{}, changed: map[string]time.Time{}, shows: w.chance(50)}
	h.skew = []time.Duration{0, -1, 1}[w.rng.IntN(3)] * w.upTo(10*time.Minute)
	h.store = &Store{dir: modelDir, options: Options{Hostname: name, Machine: h.id},
		system: system{leads: func(int, string, string) (same, another bool) { return true, false }}}
	if w.chance(70) {
		h.startLockbar(false)
	}
	return h
}

func (h *host) clock() time.Time        { return h.world.now.Add(h.skew) }
func (h *host) bootTime() time.Time     { return h.booted.Add(h.skew) }
func (h *host) bootID() string          { return fmt.Sprint("boot ", h.boots) }
func (h *host) content(p string) []byte { return []byte(h.disk[p].data) }

// A process is a daemon of the store, or another program, which may have the PID of a daemon that has ended.
type process struct {
	host    *host
	pid     int
	id      uint64
	started time.Time
	program bool // not a daemon
	unlinks bool // it takes over by delete and create
	opens   bool // it keeps the database open
	phase   phase
	due     time.Time // of the next phase
	record  Record    // content of the lock that it took
	token   Token
	// claimed means that its Lockbar saw it hold the lock and remembers that. vouched means that the Lockbar also knew the lock not to be
	// another machine's of the same name.
	claimed, vouched bool
}

type phase int

const (
	starting phase = iota
	holding        // it took the lock, which may have been replaced since
	ending
	zombie
	dead
)

func (p *process) alive() bool { return p.phase < zombie }

// live returns the daemons that run.
func (h *host) live() (all []*process) {
	for _, p := range h.processes {
		if p.alive() && !p.program {
			all = append(all, p)
		}
	}
	return all
}

// find returns the process that has this PID now.
func (h *host) find(pid int) *process {
	for _, p := range slices.Backward(h.processes) {
		if p.pid == pid && p.phase != dead {
			return p
		}
	}
	return nil
}

func (h *host) probe(pid int) (Process, arguments) {
	p := h.find(pid)
	switch {
	case pid == 0:
		return Process{}, arguments{}
	case p == nil:
		return Process{PID: pid, Status: Gone}, arguments{}
	case p.phase == zombie:
		return Process{PID: pid, Status: Zombie, StartID: p.id}, arguments{}
	}
	found := Process{PID: pid, Status: Running, Kind: OtherProgram, Started: p.started.Add(h.skew), StartID: p.id}
	if p.program {
		return found, arguments{kind: OtherProgram}
	}
	found.Kind = Daemon
	return found, arguments{kind: Daemon, store: modelDir}
}

// advance does what is due, if the machine is awake.
func (h *host) advance() {
	if h.asleep {
		return
	}
	for _, p := range h.processes {
		if p.phase != holding && p.alive() && !p.program && !p.due.After(h.world.now) {
			p.step()
		}
	}
	if h.running && !h.next.After(h.world.now) {
		h.tick()
	}
}

func (h *host) nextDue(end time.Time) time.Time {
	if h.asleep {
		return end
	}
	for _, p := range h.live() {
		if p.phase != holding {
			end = earliest(end, p.due)
		}
	}
	if h.running {
		end = earliest(end, h.next)
	}
	return end
}

// stir logs what happened here, and makes the Lockbar look at once.
func (h *host) stir(format string, args ...any) {
	h.world.log(h, format, args...)
	h.next = h.world.now
}

func (h *host) spawn(pid int, program bool) *process {
	w := h.world
	w.serial++
	p := &process{host: h, pid: pid, id: w.serial, started: w.now, program: program, unlinks: w.chance(50), opens: w.chance(50)}
	p.due = w.now.Add(w.upTo([]time.Duration{2 * time.Second, 2 * time.Minute}[w.rng.IntN(2)]))
	h.processes = append(h.processes, p)
	return p
}

func (h *host) startDaemon() {
	pid := h.world.anyPID()
	if h.find(pid) == nil && len(h.live()) == 0 {
		h.spawn(pid, false)
		h.stir("starts a daemon, PID %d", MaxPID-pid)
	}
}

// step ends a process that is ending. A daemon that is starting takes the lock, or ends if the lock names this machine and the PID of a
// process here.
func (p *process) step() {
	h := p.host
	if p.phase == ending {
		p.phase = dead
		h.stir("PID %d ends", MaxPID-p.pid)
		return
	}
	if r, err := Parse(h.content(LockName)); err == nil && SameHost(r.Hostname, h.name) && h.find(r.PID) != nil {
		p.phase = dead
		h.stir("PID %d refuses to start", MaxPID-p.pid)
		return
	}
	p.phase, p.record = holding, NewRecord(p.pid, h.name, h.clock().Add(time.Duration(h.world.serial%1000)*time.Microsecond))
	p.token = tokenOf(p.record.Encode())
	h.world.wrote[p.token] = p
	h.world.log(h, "PID %d takes the lock", MaxPID-p.pid)
	if p.unlinks && h.disk[LockName].there {
		h.change(LockName, false, "")
	}
	h.change(LockName, true, string(p.record.Encode()))
}

// endDaemon shuts the daemon down, which deletes whatever lock is there.
func (h *host) endDaemon() {
	for _, p := range h.live() {
		p.phase, p.due = ending, h.world.now.Add(h.world.upTo(5*time.Second))
		h.world.log(h, "PID %d deletes the lock and ends", MaxPID-p.pid)
		if h.disk[LockName].there {
			h.change(LockName, false, "")
		}
	}
}

func (h *host) crashDaemon() {
	for _, p := range h.live() {
		p.phase = dead
		if h.world.chance(20) {
			p.phase = zombie
		}
		h.stir("PID %d crashes", MaxPID-p.pid)
	}
}

// reapAndReuse ends zombies and other programs, and gives a free PID to a program.
func (h *host) reapAndReuse() {
	for _, p := range h.processes {
		if p.program || p.phase == zombie {
			p.phase = dead
		}
	}
	if pid := h.world.anyPID(); h.find(pid) == nil {
		h.spawn(pid, true)
		h.stir("another program has PID %d", MaxPID-pid)
	}
}

func (h *host) sleepOrWake() {
	h.asleep = !h.asleep
	h.stir("sleeps: %t", h.asleep)
}

func (h *host) reboot() {
	for _, p := range h.processes {
		p.phase = dead
	}
	h.stir("reboots")
	h.boots++
	h.booted = h.world.now
	if h.running = h.running && h.world.chance(80); h.running {
		h.startLockbar(h.world.chance(85))
	}
}

// startOrStop starts the Lockbar, ends it in one of several ways, or switches it off or on.
func (h *host) startOrStop() {
	switch way := h.world.rng.IntN(4); {
	case !h.running:
		h.startLockbar(h.world.chance(80))
	case way == 0:
		h.running = false
		h.stir("Lockbar is killed")
	case way == 1:
		if a, ok := h.announcer.Leave(h.clock()); ok {
			h.write(a)
		}
		h.running = false
		h.stir("Lockbar quits")
	case way == 2 && h.switchedOff:
		h.switchedOff, h.lastWrite = false, time.Time{}
		h.stir("Lockbar is switched on")
	case way == 2:
		h.switchedOff, h.announcer = true, Announcer{Machine: h.id, Version: "1"}
		h.stir("Lockbar is switched off")
		if h.disk[h.peerPath()].there {
			h.change(h.peerPath(), false, "")
		}
	default:
		h.startLockbar(h.world.chance(80))
	}
}

// startLockbar starts the Lockbar. It has its saved state if kept is set.
func (h *host) startLockbar(kept bool) {
	h.running, h.lastWrite = true, time.Time{}
	h.stir("Lockbar starts, with its state: %t", kept)
	h.announcer = Announcer{Machine: h.id, Version: "1"}
	alive := func(pid int) Process { p, _ := h.probe(pid); return p }
	if h.memory = h.memory.revive(alive, h.bootID(), h.bootTime()); !kept {
		h.memory = Memory{}
		h.forget()
	}
	if f := h.world.mutant.revived; f != nil {
		h.memory = f(h.memory)
	}
}

func (h *host) peerPath() string { return filepath.Join(PeersName, "x"+peerName(h.id)) }

func (h *host) write(a Announcement) {
	data := string(a.encode())
	if h.world.chance(20) { // as a later version of Lockbar would
		data = strings.Replace(data, "{", `{"later":{"daemon":null},`, 1)
	}
	h.world.log(h, "writes %s", strings.TrimSpace(data))
	h.change(h.peerPath(), true, data)
}

// dropGarbage puts a file beside those of the machines: an invalid announcement, one under an invalid name, or an old one under another
// name.
func (h *host) dropGarbage() {
	old := h.world.history[h.world.hosts[h.world.rng.IntN(len(h.world.hosts))].peerPath()]
	name, data := "x-cafecafe.json", `{"schema":2,"machine":"cafecafe00000000","host":"mac-a","lockbar":"9","at":"2070-01-01T00:00:00Z","watching":true,`+
		`"daemon":{"pid":7,"started_at":"x"},"gone":[]}`
	switch h.world.rng.IntN(4) {
	case 0:
		data = strings.Repeat("[", 50)
	case 1:
		data = strings.Replace(data, `"schema":2`, `"schema":1`, 1)
		name = "x-cafecafe (conflict).json"
	case 2:
		if len(old) > 0 { // the new name may be valid for its machine
			v := old[h.world.rng.IntN(len(old))]
			h.reached = true
			name, data = "y"+peerName(cmp.Or(h.world.read(v.data), &Announcement{Machine: "cafecafe"}).Machine), v.data
		}
	}
	h.stir("gets %s: %s", name, data)
	h.change(filepath.Join(PeersName, name), true, data)
}

func (h *host) removeCopies() {
	for _, path := range h.paths(LockName + ".") {
		h.world.log(h, "removes %s", path)
		h.change(path, false, "")
	}
}

// unlock removes the lock, as a user does, if a look shows that it is stale.
func (h *host) unlock() {
	if l := h.look(h.memory); l.snap.State == Stale {
		h.world.log(h, "removes a stale lock")
		h.change(LockName, false, "")
	}
}

// rename gives the machine another host name, as a Mac gets one in another network.
func (h *host) rename() {
	if base, cut := strings.CutSuffix(h.name, ".lan"); cut {
		h.name = base
	} else {
		h.name += ".lan"
	}
	h.reached = true // its own lock may look like another machine's
	h.stir("is renamed to %s", h.name)
}

func (h *host) paths(prefix string) []string {
	all := slices.Collect(maps.Keys(h.disk))
	all = slices.DeleteFunc(all, func(p string) bool { return !strings.HasPrefix(p, prefix) })
	slices.Sort(all)
	return all
}
