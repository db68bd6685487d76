package words

import "lockbar/lockcore"

// StopCommand ends the daemon properly: it releases what it holds.
const StopCommand = "iai-mcp daemon stop"

// Commands are the command lines of lockbar that mean the store in question.
type Commands struct{ Unlock, Copies string }

// Next is what may be done now, as a half sentence; empty where there is nothing to do, or the detail says it.
func Next(s lockcore.Snapshot, c Commands) string {
	switch s.State {
	case lockcore.HeldElsewhere:
		return "stop the daemon there; if that machine is gone: " + c.Unlock + " (a backup is kept)"
	case lockcore.Stale, lockcore.Corrupt:
		return c.Unlock + " (a backup is kept)"
	case lockcore.Contested:
		return settle(s, c)
	}
	return ""
}

// settle ends the danger of a contested store.
func settle(s lockcore.Snapshot, c Commands) string {
	switch {
	case s.Reason == lockcore.ConflictCopy:
		return "stop all daemons but one, each on its computer (" + StopCommand + "); then move the copies to the backups: " + c.Copies
	case !RunsDaemon(s.LocalDaemon):
		return "let " + Local(s.LocalDaemon) + " end, or end it"
	case s.Reason == lockcore.LockMissing:
		return "restart the daemon, which takes the lock anew: " + StopCommand + ", then start it again"
	}
	return "stop one of the two daemons, here with: " + StopCommand
}
