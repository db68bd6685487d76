package words

import "lockbar/lockcore"

// StopCommand ends the daemon properly: it releases what it holds.
const StopCommand = "iai-mcp daemon stop"

// Commands are the command lines of lockbar that mean the store in question.
type Commands struct{ Unlock, Copies string }

// Next is what may be done now, as a half sentence; empty where there is nothing to do, or the detail says it.
func Next(s lockcore.Snapshot, c Commands) string {
	switch {
	case s.State == lockcore.Contested:
		return settle(s, c)
	case s.Starting.PID != 0 && s.State != lockcore.HeldHere:
		return "wait until the daemon that is starting has taken the lock; if that takes more than a few minutes, restart it: " +
			StopCommand + ", then start it again"
	case s.State == lockcore.HeldElsewhere:
		return "stop the daemon there; if that machine is gone: " + c.Unlock + " (a backup is kept)"
	case s.State == lockcore.Stale, s.State == lockcore.Corrupt:
		return c.Unlock + " (a backup is kept)"
	}
	return ""
}

// settle ends the danger of a contested store.
func settle(s lockcore.Snapshot, c Commands) string {
	switch {
	case s.Reason == lockcore.ConflictCopy:
		return "stop all daemons but one, each on its computer (" + StopCommand + "); then move the copies to the backups: " + c.Copies
	case s.LocalDaemon.Kind != lockcore.Daemon:
		return "let " + Local(s.LocalDaemon) + " end, or end it"
	case s.Reason == lockcore.LockMissing:
		return "restart the daemon, which takes the lock anew: " + StopCommand + ", then start it again"
	}
	return "stop one of the two daemons, here with: " + StopCommand
}
