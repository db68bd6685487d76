package words

import (
	"cmp"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"lockbar/lockcore"
)

// StopCommand is the command that ends the daemon in an orderly way, except on Windows. There it kills the daemon, so that the lock stays,
// or it does not find the daemon and prints nothing, since it looks for a process title, which Windows does not show.
const StopCommand = "iai-mcp daemon stop"

// KillCommand returns the command that ends a daemon and its children on Windows.
func KillCommand(pid int) string { return "taskkill /F /T /PID " + strconv.Itoa(pid) }

// StopHere returns the command that ends the store's daemon on this machine; StopCommand if none runs here.
func StopHere(s lockcore.Snapshot) string { return stopHere(s, runtime.GOOS) }

func stopHere(s lockcore.Snapshot, goos string) string {
	if daemons := lockcore.Daemons(s); goos == "windows" && len(daemons) > 0 {
		return KillCommand(daemons[0].PID)
	}
	return StopCommand
}

// Commands holds the command lines of lockbar for a certain store.
type Commands struct{ Unlock, Copies string }

// Detail returns one sentence with the state, its holder and its time, and the evidence for the state. now is the time of the look, in
// the reader's time zone.
func Detail(s lockcore.Snapshot, now time.Time) string {
	l := look{Snapshot: &s, now: now}
	return l.sentence(strings.Join(l.clauses(), "; ")) + "."
}

// Title returns the state as a menu line without numbers and times. Hosts have short names, as in Brief and Meaning.
func Title(s lockcore.Snapshot) string {
	r, l := rowOf(&s), look{Snapshot: &s, short: true}
	return l.sentence(cmp.Or(r.title, r.what))
}

// Brief returns the state in one to four words, for a list of several stores.
func Brief(s lockcore.Snapshot) string {
	l := look{Snapshot: &s, short: true}
	return l.sentence(rowOf(&s).brief)
}

// Meaning returns the line below Title: what the state means or what to do. It is empty if the title is enough.
func Meaning(s lockcore.Snapshot) string {
	r, l := rowOf(&s), look{Snapshot: &s, short: true}
	if r.title == "" {
		return l.sentence(strings.Join(l.clauses()[1:], "; "))
	}
	return l.sentence(r.meaning)
}

// Next returns what the user can do now, as half a sentence; empty if there is nothing to do, or if Detail says it.
func Next(s lockcore.Snapshot, c Commands) string {
	l := look{Snapshot: &s, commands: c}
	text, _ := l.fill(rowOf(&s).next)
	return text
}

// StopsNothing returns the warning that removing a lock stops no daemon, without a full stop; empty unless the lock is held or contested.
func StopsNothing(s lockcore.State) string {
	if s != lockcore.HeldHere && s != lockcore.HeldElsewhere && s != lockcore.Contested {
		return ""
	}
	return "A daemon that still runs keeps writing to the store"
}

// Now returns the present state as a sentence, for the greeting and for a message about an event that is over.
func Now(s lockcore.Snapshot) string {
	l := look{Snapshot: &s}
	return l.sentence(rowOf(&s).now)
}

// Refusal returns why a removal is refused, and what to do instead of forcing it.
func Refusal(s lockcore.Snapshot, c Commands) (why, instead string) {
	r, l := rowOf(&s), look{Snapshot: &s, commands: c}
	why, _ = l.fill(cmp.Or(r.refused, "a process here uses the store"))
	instead, _ = l.fill(cmp.Or(r.instead, "What to do: "+r.next))
	return why, instead
}

// Beside returns a sentence about the process here that is known to have held the store (LocalDaemon), or else about a daemon here that has
// not taken the lock: a daemon opens the store up to some minutes before that. It is empty if there is neither.
func Beside(s lockcore.Snapshot, now time.Time) string {
	l := look{Snapshot: &s, now: now}
	return l.sentence(l.beside())
}

// clauses returns the parts of the detail. First come those of the state, then those about what else the look found.
func (l *look) clauses() []string {
	r := rowOf(l.Snapshot)
	clauses := []string{r.what}
	add := func(is bool, clause string) {
		if is && clause != "" {
			clauses = append(clauses, clause)
		}
	}
	add(true, r.do)
	add(l.Alias, "{here} once had the name {host}, but that alone proves nothing")
	add(startedLate(l.Snapshot), "by the clock, the holder started after it took the lock, so the clock was changed")
	add(l.State != lockcore.Contested, l.beside())
	add(l.OpenedBy.PID != 0, "a program that is not a daemon has its database open (PID {opener}: {opener-command})")
	add(l.MoreCopies > 0, "{more-copies} more files may be conflict copies and were not read")
	add(l.LinkTarget != "", "the lock is a symbolic link to {target}")
	return clauses
}

func (l *look) beside() string {
	switch {
	case l.LocalDaemon.PID != 0:
		return "{local} still runs"
	case l.Starting.PID == 0:
		return ""
	case !l.Starting.Started.IsZero() && l.now.Sub(l.Starting.Started) > lockcore.MaxStartup:
		return "a daemon has been running for a long time without the lock (PID {starting})"
	}
	return "a daemon is starting (PID {starting})"
}

// startedLate reports whether the holder started, by the clock, after its lock was taken. It reports false for an OtherProgram,
// which may have been given the PID of a holder that is gone.
func startedLate(s *lockcore.Snapshot) bool {
	taken, known := s.Record.Started()
	return s.State == lockcore.HeldHere && s.NamesHolder() && known && s.Holder.Kind != lockcore.OtherProgram &&
		s.Holder.Started.After(taken.Add(lockcore.Tolerance))
}

// removable returns a clause that says whether the lock of a holder that is gone can be removed.
func removable(s *lockcore.Snapshot) string {
	if s.InUse() {
		return ", but the store is in use"
	}
	return "; the lock can be removed"
}

// Machine returns the name for the reader's own computer.
func Machine() string {
	if runtime.GOOS == "darwin" {
		return "this Mac"
	}
	return "this computer"
}

// privacy returns a clause about the privacy settings of macOS, which may forbid a read: macOS asks its user once for each folder.
func privacy(goos string) string {
	if goos != "darwin" {
		return ""
	}
	return ", and whether macOS lets this app look there (System Settings > Privacy & Security > Files and Folders)"
}

// folders returns a shorter form of privacy's clause, for a line of a menu.
func folders(goos string) string {
	if goos != "darwin" {
		return ""
	}
	return ", and Privacy & Security > Files and Folders"
}

// local names a process of this machine: "the daemon of this Mac (PID 77)".
func local(p lockcore.Process) string {
	return program(p) + " (PID " + strconv.Itoa(p.PID) + ")"
}

// one names a process as local does, but without the machine, for a text that has already named the machine.
func one(p lockcore.Process) string {
	kind := "a program"
	switch p.Kind {
	case lockcore.Daemon:
		kind = "a daemon"
	case lockcore.LockbarRun:
		kind = "a lockbar run"
	}
	return kind + " (PID " + strconv.Itoa(p.PID) + ")"
}

// program names a process as local does, but without the PID.
func program(p lockcore.Process) string {
	switch p.Kind {
	case lockcore.Daemon:
		return "the daemon of " + Machine()
	case lockcore.LockbarRun:
		return "a lockbar run on " + Machine()
	}
	return "a program on " + Machine()
}

func two(here lockcore.Process) string {
	if here.Kind == lockcore.Daemon || here.PID == 0 {
		return "two daemons"
	}
	return "two programs"
}

func holder(s *lockcore.Snapshot) string {
	pid := strconv.Itoa(cmp.Or(s.Holder.PID, s.Record.PID))
	switch p := s.Holder; p.Kind {
	case lockcore.LockbarRun:
		return "lockbar run (PID " + pid + "), which is not a daemon: " + Clean(ranCommand(p.Command))
	case lockcore.Daemon:
		return "the iai-mcp daemon, PID " + pid
	case lockcore.OtherProgram:
		return strings.TrimSuffix("PID "+pid+", which is not an iai-mcp daemon: "+Clean(p.Command), ": ")
	}
	return "PID " + pid // another user's process, or a system that shows no command lines
}

// ranCommand returns the part after the "--" of a lockbar run, or the whole line if there is none.
func ranCommand(line string) string {
	if _, command, ok := strings.Cut(line, " -- "); ok {
		return command
	}
	return line
}

// Rival returns the record of the first conflict copy that contradicts the lock, or zero.
func Rival(s lockcore.Snapshot) lockcore.Record {
	for _, c := range s.Conflicts.List() {
		if !c.Record.IsZero() && !c.Superseded && !c.Record.SameHolder(s.Record) {
			return c.Record
		}
	}
	return lockcore.Record{}
}

// rival names the holder in Rival's record.
func (l *look) rival() string {
	r := Rival(*l.Snapshot)
	if r.IsZero() {
		return "another holder"
	}
	who, _ := l.claimant(r, l.Host)
	return who + " (PID " + strconv.Itoa(r.PID) + ")"
}

// problem returns why the lock cannot be read, or is not valid. It shortens paths that the reader knows: a menu cuts a line at its end,
// where the cause is.
func problem(s *lockcore.Snapshot) string {
	p := s.Problem
	inside, ofStore := strings.CutPrefix(p.Path, s.Store)
	ofStore = ofStore && (inside == "" || os.IsPathSeparator(inside[0]))
	switch {
	case p.Err == "":
		return "no details"
	case p.Path == "":
		return Clean(p.Err)
	case p.Path == s.Lock:
		p.Path = lockcore.LockName
	case ofStore:
		p.Path = "the store" + inside
	}
	return Clean(p.String())
}
