package words

import (
	"cmp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"lockbar/lockcore"
)

// judgement is what a look found.
type judgement struct {
	state  lockcore.State
	reason lockcore.Reason
}

// sentences has one row for each state and reason that lockcore.Classify gives. {here} is this machine, {host} {pid}
// {since} are of the lock, {who} is the live holder, {local} what runs here beside the lock, {two} what both are, {rival} the
// host of a conflict copy, {problem} what the system said.
var sentences = map[judgement]string{
	{lockcore.Unlocked, ""}: "Nobody holds this store{normal}",

	{lockcore.HeldHere, ""}:                   "{host} ({here}) holds this store {since}: {who}",
	{lockcore.HeldHere, lockcore.RenamedHost}: "{host} holds this store {since}, which is {here} under an earlier name: {who}",

	{lockcore.HeldHere, lockcore.StoreOpen}: "{host} holds this store {since}: {who} here, and process {pid} in its container",

	{lockcore.HeldElsewhere, ""}: "{host} (another computer, process {pid}) holds this store {since}; " +
		"whether it still runs there cannot be verified from here",

	{lockcore.Stale, lockcore.ProcessGone}:   staleLock + "process {pid} is gone",
	{lockcore.Stale, lockcore.ZombieProcess}: staleLock + "process {pid} has ended and only waits to be cleared away",
	{lockcore.Stale, lockcore.PIDRecycled}:   staleLock + "process {pid} is another program now, started after the lock was taken",
	{lockcore.Stale, lockcore.OtherStore}:    staleLock + "process {pid} is the daemon of another store now",
	{lockcore.Stale, lockcore.BeforeBoot}:    staleLock + "{here} was restarted after it was taken",

	{lockcore.Contested, lockcore.LocalDaemonAlive}: "{host} (process {pid}) holds this store {since} while {local} " +
		"still runs: {two} may write to one store",
	{lockcore.Contested, lockcore.LockMissing}: "The lock is gone while {local} still runs: " +
		"another daemon may start, and {two} may write to one store",
	{lockcore.Contested, lockcore.ConflictCopy}: "{host} (process {pid}) holds this store {since} and a conflict copy of the " +
		"lock names {rival}: two daemons may write to one store",

	{lockcore.Corrupt, lockcore.NotJSON}:  corruptLock,
	{lockcore.Corrupt, lockcore.BadField}: corruptLock,

	{lockcore.Unknown, ""}: "The lock cannot be judged; look at it by hand",
	{lockcore.Unknown, lockcore.StoreMissing}: "The store is not there yet; the iai-mcp daemon makes it when it first starts, " +
		"so check the path if it has run before",
	{lockcore.Unknown, lockcore.NotADirectory}: "A file stands where the store, or a directory above it, should be; " +
		"move it away, or name another store",
	{lockcore.Unknown, lockcore.Permission}: "The lock may not be read by this user ({problem}); " +
		"check who owns the store and its .locked file{privacy}",
	{lockcore.Unknown, lockcore.IOError}: "The lock could not be read ({problem}); check the disk or the network drive",
	{lockcore.Unknown, lockcore.NotDownloaded}: "The lock is in the cloud only ({problem}); " +
		"have the sync program download the store to see who holds it",
	{lockcore.Unknown, lockcore.Timeout}: "The lock could not be read in time ({problem}); " +
		"check whether the network drive or the sync program answers",
	{lockcore.Unknown, lockcore.NotARegularFile}: "The lock is no regular file ({problem}); " +
		"look at it by hand and move it away if no daemon needs it",
	{lockcore.Unknown, lockcore.TooManyFiles}: "The lock could not be read ({problem}), which says nothing of the store; " +
		"raise the limit on open files (ulimit -n), or end programs that have many open",
	{lockcore.Unknown, lockcore.TooLarge}: "The lock file is larger than any daemon writes (above 64 KiB); " +
		"look at it by hand and move it away if no daemon needs it",
}

const (
	staleLock   = "{host} ({here}) left a lock behind, held {since}: "
	opened      = "{here} uses this store, for its database is open: {who}; the lock of {host}, {since}, names process {pid}"
	corruptLock = "The lock file holds something that no daemon wrote ({problem}), so nobody can tell who holds this store"
)

// Detail is one sentence for people: what the state is, who is behind it since when, and why we say so. now is the time
// of the look, in the reader's time zone.
func Detail(s lockcore.Snapshot, now time.Time) string {
	text, ok := sentences[judgement{s.State, s.Reason}]
	switch {
	case !ok:
		text = sentences[judgement{}]
	case !s.NamesHolder():
		text = opened
	}
	return capital(fill(text+additions(s, now), s, now)) + "."
}

// additions are what may be true of any state.
func additions(s lockcore.Snapshot, now time.Time) string {
	var text string
	if s.Alias {
		text += "; {here} once had that name, which alone proves nothing"
	}
	if startedLate(s) {
		text += "; by the clock it started after it took the lock, so the clock was set meanwhile"
	}
	if s.State != lockcore.Contested {
		text += semicolon(Beside(s, now))
	}
	if s.OpenedBy.PID != 0 {
		text += "; a program that is no daemon has its database open (process {opener}: {opener-command})"
	}
	if s.MoreCopies > 0 {
		text += "; {copies} more files may be conflict copies and were not read"
	}
	if s.LinkTarget != "" {
		text += "; the lock is a symbolic link to {target}"
	}
	return text
}

// Beside says what runs here beside a lock that does not name it; empty where nothing does. A daemon opens the store before it
// takes the lock, which takes minutes at most.
func Beside(s lockcore.Snapshot, now time.Time) string {
	pid := strconv.Itoa(s.Starting.PID)
	switch {
	case s.LocalDaemon.PID != 0:
		return Local(s.LocalDaemon) + " still runs"
	case s.Starting.PID == 0:
		return ""
	case !s.Starting.Started.IsZero() && now.Sub(s.Starting.Started) > lockcore.MaxStartup:
		return "a daemon has been running for long without the lock (PID " + pid + ")"
	}
	return "a daemon is starting (PID " + pid + ")"
}

func semicolon(text string) string {
	if text == "" {
		return ""
	}
	return "; " + text
}

// normal explains a store without a lock, unless somebody runs beside it.
func normal(s lockcore.Snapshot) string {
	if s.Starting.PID != 0 || s.LocalDaemon.PID != 0 {
		return ""
	}
	return ", which is normal while iai-mcp has nothing to do"
}

// startedLate reports whether a daemon holds the store that started after its lock was taken, as the clock has it.
func startedLate(s lockcore.Snapshot) bool {
	taken, known := s.Record.Started()
	return s.State == lockcore.HeldHere && s.NamesHolder() && known && s.Holder.Kind != lockcore.OtherProgram &&
		s.Holder.Started.After(taken.Add(lockcore.Tolerance))
}

// fill replaces in one pass, so that a host called {pid} stays what it is.
func fill(text string, s lockcore.Snapshot, now time.Time) string {
	return strings.NewReplacer(
		"{here}", Machine(),
		"{privacy}", privacy(runtime.GOOS),
		"{host}", Host(s.Record),
		"{pid}", strconv.Itoa(s.Record.PID),
		"{since}", sinceInSentence(s.Record, now),
		"{who}", Holder(s),
		"{local}", Local(s.LocalDaemon),
		"{two}", Two(s.LocalDaemon),
		"{rival}", rival(s),
		"{problem}", problem(s),
		"{target}", Clean(s.LinkTarget),
		"{normal}", normal(s),
		"{opener}", strconv.Itoa(s.OpenedBy.PID),
		"{opener-command}", Clean(s.OpenedBy.Command),
		"{copies}", strconv.Itoa(s.MoreCopies),
	).Replace(text)
}

// Machine is what people call the computer in front of them.
func Machine() string {
	if runtime.GOOS == "darwin" {
		return "this Mac"
	}
	return "this computer"
}

// privacy is what else may forbid a look: macOS asks its user once for each folder.
func privacy(goos string) string {
	if goos != "darwin" {
		return ""
	}
	return ", and whether macOS lets this app look there (System Settings > Privacy & Security > Files and Folders)"
}

// Local is what runs on this machine beside a lock that is not its own.
func Local(p lockcore.Process) string {
	what := "a program on "
	switch {
	case p.Kind == lockcore.Daemon:
		what = "the daemon of "
	case p.Kind == lockcore.LockbarRun:
		what = "a lockbar run on "
	}
	return what + Machine() + " (process " + strconv.Itoa(p.PID) + ")"
}

// Two is what may write at the same time, one of them here.
func Two(here lockcore.Process) string {
	if here.Kind == lockcore.Daemon {
		return "two daemons"
	}
	return "two programs"
}

// Holder says what the live process is that holds the store here.
func Holder(s lockcore.Snapshot) string {
	pid := strconv.Itoa(cmp.Or(s.Holder.PID, s.Record.PID))
	switch p := s.Holder; p.Kind {
	case lockcore.LockbarRun:
		return "lockbar run (process " + pid + "), which is no daemon: " + Clean(ranCommand(p.Command))
	case lockcore.Daemon:
		return "the iai-mcp daemon, process " + pid
	case lockcore.OtherProgram:
		return "process " + pid + ", which is no iai-mcp daemon" + colon(Clean(p.Command))
	}
	return "process " + pid // another user's, or a system that does not tell
}

func colon(text string) string {
	if text == "" {
		return ""
	}
	return ": " + text
}

// ranCommand is what follows the "--" of a lockbar run; all of it where there is none.
func ranCommand(line string) string {
	_, command, ok := strings.Cut(line, " -- ")
	if !ok {
		return line
	}
	return command
}

// Rival is what the first conflict copy says that is a claim against the lock, or zero.
func Rival(s lockcore.Snapshot) lockcore.Record {
	for _, c := range s.Conflicts.List() {
		if !c.Record.IsZero() && !c.Superseded && !c.Record.SameHolder(s.Record) {
			return c.Record
		}
	}
	return lockcore.Record{}
}

// rival names that claim's holder.
func rival(s lockcore.Snapshot) string {
	r := Rival(s)
	if r.IsZero() {
		return "another holder"
	}
	return Host(r) + " (process " + strconv.Itoa(r.PID) + ")"
}

// problem is what the system said, without the long paths that the reader has already: the end of it matters.
func problem(s lockcore.Snapshot) string {
	if s.Problem == "" {
		return "no more is known"
	}
	short := strings.TrimPrefix(s.Problem, "lock record: ")
	short = strings.ReplaceAll(short, s.Lock, lockcore.LockName)
	return Clean(strings.ReplaceAll(short, s.Store, "the store"))
}
