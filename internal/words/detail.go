package words

import (
	"cmp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"lockbar/lockcore"
)

// StopCommand ends the daemon in an orderly way, except on Windows. There it kills the daemon, which leaves the lock behind; today's versions
// look for a title that Windows does not show, find no daemon and say nothing.
const StopCommand = "iai-mcp daemon stop"

// KillCommand ends a daemon on Windows, and what it has started.
func KillCommand(pid int) string { return "taskkill /F /T /PID " + strconv.Itoa(pid) }

// StopHere returns the command that ends the daemon of a store that runs here. Where none does it is StopCommand.
func StopHere(s lockcore.Snapshot) string { return stopHere(s, runtime.GOOS) }

func stopHere(s lockcore.Snapshot, goos string) string {
	if daemons := lockcore.Daemons(s); goos == "windows" && len(daemons) > 0 {
		return KillCommand(daemons[0].PID)
	}
	return StopCommand
}

// Commands are the command lines of lockbar that mean the store in question.
type Commands struct{ Unlock, Copies string }

// Detail says in one sentence what the state is, who is behind it since when, and why we say so. now is the time of the look, in
// the reader's time zone.
func Detail(s lockcore.Snapshot, now time.Time) string {
	l := look{Snapshot: &s, now: now}
	return l.sentence(strings.Join(l.clauses(), "; ")) + "."
}

// Title says in a line of a menu what is, without numbers and times. Hosts have short names in it, as in Brief and Meaning.
func Title(s lockcore.Snapshot) string {
	r, l := rowOf(&s), look{Snapshot: &s, short: true}
	return l.sentence(cmp.Or(r.title, r.what))
}

// Brief says what is so in one to four words, for a list of several stores.
func Brief(s lockcore.Snapshot) string {
	l := look{Snapshot: &s, short: true}
	return l.sentence(rowOf(&s).brief)
}

// Meaning says in the line below what that means or what to do. It is empty where the title says it all.
func Meaning(s lockcore.Snapshot) string {
	r, l := rowOf(&s), look{Snapshot: &s, short: true}
	if r.title == "" {
		return l.sentence(strings.Join(l.clauses()[1:], "; "))
	}
	return l.sentence(r.meaning)
}

// Next says in a half sentence what may be done now. It is empty where there is nothing to do, or the detail says it.
func Next(s lockcore.Snapshot, c Commands) string {
	l := look{Snapshot: &s, commands: c}
	text, _ := l.fill(rowOf(&s).next)
	return text
}

// StopsNothing says what the removal of a lock in this state does not do, without a full stop. It is empty where the holder is gone.
func StopsNothing(s lockcore.State) string {
	if s != lockcore.HeldHere && s != lockcore.HeldElsewhere && s != lockcore.Contested {
		return ""
	}
	return "A daemon that still runs goes on writing to the store"
}

// Now says what is so, to who learns late of something that is over.
func Now(s lockcore.Snapshot) string {
	l := look{Snapshot: &s}
	return l.sentence(rowOf(&s).now)
}

// Refusal says in which way a store is in use, and what to do other than to force it.
func Refusal(s lockcore.Snapshot, c Commands) (why, instead string) {
	r, l := rowOf(&s), look{Snapshot: &s, commands: c}
	instead, _ = l.fill(cmp.Or(r.instead, "What to do: "+r.next))
	return cmp.Or(r.refused, "a process here uses the store"), instead
}

// Beside says what runs here beside a lock that does not name it. It is empty where nothing does. A daemon opens the store before
// it takes the lock, which takes minutes at most.
func Beside(s lockcore.Snapshot, now time.Time) string {
	l := look{Snapshot: &s, now: now}
	return l.sentence(l.beside())
}

// clauses returns what the detail is made of. What may be true of any state comes last.
func (l *look) clauses() []string {
	r := rowOf(l.Snapshot)
	clauses := []string{r.what}
	add := func(is bool, clause string) {
		if is && clause != "" {
			clauses = append(clauses, clause)
		}
	}
	add(true, r.do)
	add(l.Alias, "{here} once had that name, which alone proves nothing")
	add(startedLate(l.Snapshot), "by the clock it started after it took the lock, so the clock was set meanwhile")
	add(l.State != lockcore.Contested, l.beside())
	add(l.OpenedBy.PID != 0, "a program that is no daemon has its database open (PID {opener}: {opener-command})")
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
		return "a daemon has been running for long without the lock (PID {starting})"
	}
	return "a daemon is starting (PID {starting})"
}

// startedLate reports whether a daemon holds the store that started after its lock was taken, as the clock has it.
func startedLate(s *lockcore.Snapshot) bool {
	taken, known := s.Record.Started()
	return s.State == lockcore.HeldHere && s.NamesHolder() && known && s.Holder.Kind != lockcore.OtherProgram &&
		s.Holder.Started.After(taken.Add(lockcore.Tolerance))
}

// removable says what the proof that the holder is gone means for its lock.
func removable(s *lockcore.Snapshot) string {
	if s.InUse() {
		return ", but the store is in use"
	}
	return "; the lock can be removed"
}

// Machine returns what people call the computer in front of them.
func Machine() string {
	if runtime.GOOS == "darwin" {
		return "this Mac"
	}
	return "this computer"
}

// privacy says what else may forbid a look: macOS asks its user once for each folder.
func privacy(goos string) string {
	if goos != "darwin" {
		return ""
	}
	return ", and whether macOS lets this app look there (System Settings > Privacy & Security > Files and Folders)"
}

// folders is privacy for a line of a menu.
func folders(goos string) string {
	if goos != "darwin" {
		return ""
	}
	return ", and Privacy & Security > Files and Folders"
}

// local says what runs on this machine beside a lock that is not its own.
func local(p lockcore.Process) string {
	return program(p) + " (PID " + strconv.Itoa(p.PID) + ")"
}

// one is local where it is clear which machine is meant.
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

// program returns local without the number of the process.
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
		return "lockbar run (PID " + pid + "), which is no daemon: " + Clean(ranCommand(p.Command))
	case lockcore.Daemon:
		return "the iai-mcp daemon, PID " + pid
	case lockcore.OtherProgram:
		return strings.TrimSuffix("PID "+pid+", which is no iai-mcp daemon: "+Clean(p.Command), ": ")
	}
	return "PID " + pid // another user's, or a system that does not tell
}

// ranCommand returns what follows the "--" of a lockbar run, or all of it where there is none.
func ranCommand(line string) string {
	if _, command, ok := strings.Cut(line, " -- "); ok {
		return command
	}
	return line
}

// Rival returns what the first conflict copy says that is a claim against the lock, or zero.
func Rival(s lockcore.Snapshot) lockcore.Record {
	for _, c := range s.Conflicts.List() {
		if !c.Record.IsZero() && !c.Superseded && !c.Record.SameHolder(s.Record) {
			return c.Record
		}
	}
	return lockcore.Record{}
}

// rival names that claim's holder.
func (l *look) rival() string {
	r := Rival(*l.Snapshot)
	if r.IsZero() {
		return "another holder"
	}
	who, _ := l.claimant(r, l.Host)
	return who + " (PID " + strconv.Itoa(r.PID) + ")"
}

// problem returns what the system said, without the long paths that the reader has already: the end of it matters.
func problem(s *lockcore.Snapshot) string {
	p := s.Problem
	inside, ofStore := strings.CutPrefix(p.Path, s.Store)
	switch {
	case p.Err == "":
		return "no more is known"
	case p.Path == "":
		return Clean(p.Err)
	case p.Path == s.Lock:
		p.Path = lockcore.LockName
	case ofStore:
		p.Path = "the store" + inside
	}
	return Clean(p.String())
}
