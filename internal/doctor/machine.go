package doctor

import (
	"context"
	"os"
	"runtime"
	"time"

	"lockbar/internal/machine"
	"lockbar/internal/state"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

func (s Subject) version(context.Context) []Check {
	return one("version", Pass, "Lockbar %s, %s, %s/%s, %s", s.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, systemName())
}

func (s Subject) user(context.Context) []Check {
	return checkUser(os.Geteuid(), os.Getenv("SUDO_USER"))
}

// checkUser warns root, whose home directory is another one, with another store, and who has another desktop session, if any.
func checkUser(euid int, sudoUser string) []Check {
	switch {
	case euid == 0 && sudoUser != "" && sudoUser != "root":
		return one("user", Warn, "This is root, by sudo for %s, who has another store and desktop; run it again without sudo", words.Clean(sudoUser))
	case euid == 0:
		return one("user", Warn, "This is root, who has a store and a desktop session of its own; run Lockbar as the user who runs iai-mcp")
	case euid < 0:
		return one("user", Pass, "This system has no root user")
	}
	return one("user", Pass, "An ordinary user (uid %d)", euid)
}

func (s Subject) processProbe(context.Context) []Check {
	return checkProbe(machine.Probe(os.Getpid()), machine.BootTime())
}

// checkProbe checks what we can see of our own process. We can see as much of a daemon that the same user runs.
func checkProbe(self machine.Process, boot time.Time) []Check {
	switch {
	case self.Presence == machine.Unknown:
		return one("process-probe", Warn, "This system does not show processes, so no lock of this computer is ever called stale")
	case self.Presence != machine.Running:
		return one("process-probe", Fail, "This program does not see its own process, so it would call a running daemon's lock stale; check what confines it (a sandbox, hidepid)")
	case self.Started.IsZero() || boot.IsZero():
		return one("process-probe", Warn, "This system does not show when a process or the computer started, so Lockbar does not notice when another program has got the PID in a lock")
	case self.Args == nil:
		return one("process-probe", Warn, "This system does not show the command line of a process, so a daemon is not distinguished from another program")
	}
	return one("process-probe", Pass, "Processes, their start and the start of this computer (%s) can be seen", words.Clock(boot, time.Now()))
}

func (s Subject) databaseLocks(context.Context) []Check {
	_, err := os.ReadFile("/proc/locks")
	return checkDatabaseLocks(runtime.GOOS, err)
}

// checkDatabaseLocks checks whether we can see a daemon that uses a store's database and does not hold the lock.
func checkDatabaseLocks(goos string, err error) []Check {
	switch {
	case goos != "linux":
		return one("database-locks", Pass, "This system does not show who has the database of a store open; a daemon without a lock is known by its command line only")
	case err != nil:
		return one("database-locks", Warn, "Who has the database of a store open cannot be seen, so a daemon without a lock is known by its command line only: %s", cause(err))
	}
	return one("database-locks", Pass, "A daemon that has the database of a store open is seen in /proc/locks, but not one that runs in a container beside this one")
}

func (s Subject) clock(ctx context.Context) []Check {
	now := time.Now()
	var ahead string
	for _, store := range s.Stores {
		if r := store.Inspect(ctx, lockcore.Memory{}).Record; isAhead(r, now) {
			ahead = words.Host(r)
		}
	}
	return checkClock(now, machine.BootTime(), machine.Probe(os.Getpid()).Started, ahead)
}

// oldest is earlier than any Lockbar: a clock that shows an earlier time is wrong.
var oldest = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// maxAhead is the largest difference between two clocks that causes no warning.
const maxAhead = time.Minute

func isAhead(r lockcore.Record, now time.Time) bool {
	taken, known := r.Started()
	return known && taken.Sub(now) > maxAhead
}

// checkClock compares the clock with the start of the computer and of this process. ahead is the host of a lock that was taken in the
// future; empty for none.
func checkClock(now, boot, self time.Time, ahead string) []Check {
	switch {
	case now.Before(oldest):
		return one("clock", Warn, "The clock shows %s, so ages and proofs by time are wrong; set it", now.UTC().Format(time.DateOnly))
	case boot.After(now) || !self.IsZero() && self.Sub(now).Abs() > maxAhead:
		return one("clock", Warn, "The clock and the start times of processes do not fit together; it may have been set just now, so look again in a minute")
	case ahead != "":
		return one("clock", Warn, "The lock of %s was taken in the future by this clock; let the network set the clock here and on the computer that took the lock", ahead)
	}
	return one("clock", Pass, "The clock shows %s", now.Format(time.RFC3339))
}

func (s Subject) machine(context.Context) []Check { return checkMachine(s.Place) }

// checkMachine reports the ID of this machine. Machines that share a home directory keep their state in separate directories.
func checkMachine(p state.Dir) []Check {
	switch {
	case p.Problem != nil:
		return one("machine", Warn, "The id of this computer is %s. The owner of the state directory is not known, so this computer keeps its state in a directory of its own: %s; "+
			"if no other machine uses it, remove that file", p.Machine, cause(p.Problem))
	case p.Foreign():
		return one("machine", Pass, "The id of this computer is %s. The state directory belongs to the computer %s, which shares it, so this one keeps its state in a directory of its own",
			p.Machine, p.Owner)
	}
	return one("machine", Pass, "The id of this computer is %s", p.Machine)
}
