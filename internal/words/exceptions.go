package words

import "lockbar/lockcore"

// exceptions override the rows where the look shows more than the judgement says. A later one overrides an earlier one.
var exceptions = []struct {
	when func(*lockcore.Snapshot) bool
	row
}{
	{besideNoLock, row{what: "Nobody holds this store"}},
	{heldByDaemon, row{instead: "Stop it ({stop})"}},
	{heldByRun, row{meaning: "It is a lockbar run, not a daemon: {command}"}},
	{heldByOther, row{meaning: "It is not an iai-mcp daemon: {command}"}},
	{heldByUnnamed, row{
		what:    "{here} uses this store, for its database is open: {who}; the lock of {host}, {since}, names PID {pid}",
		meaning: "PID {holder} has the database open; the lock names another",
	}},
	{heldByAlias, row{meaning: "{here} once had that name, which alone proves nothing"}},
	{besideNoDaemon, row{meaning: "Let the one here end: {one}"}},
	{claimedByNoDaemon, row{next: "wait until {local} ends, or end it"}},
	{brokenBesideDaemon, row{next: "restart the daemon, which then takes the lock: {stop}, then start it again"}},
	{brokenBesideProgram, row{next: "wait until {local} ends, or end it"}},
	{outlivedByNoDaemon, row{title: "A program runs here without its lock"}},
	{aboutToBeTaken, row{
		next: "wait until the daemon that is starting has taken the lock; if that takes more than a few minutes, restart it: " +
			"{stop}, then start it again",
	}},
}

func besideNoLock(s *lockcore.Snapshot) bool {
	return s.State == lockcore.Unlocked && (s.Starting.PID != 0 || s.LocalDaemon.PID != 0)
}

func heldByRun(s *lockcore.Snapshot) bool   { return heldBy(s, lockcore.LockbarRun) }
func heldByOther(s *lockcore.Snapshot) bool { return heldBy(s, lockcore.OtherProgram) }

func heldBy(s *lockcore.Snapshot, kind lockcore.ProcessKind) bool {
	return s.State == lockcore.HeldHere && s.Reason == "" && s.Holder.Kind == kind
}

func aboutToBeTaken(s *lockcore.Snapshot) bool {
	return s.Starting.PID != 0 && s.State != lockcore.Contested && s.State != lockcore.HeldHere
}

func heldByDaemon(s *lockcore.Snapshot) bool {
	return s.State == lockcore.HeldHere && s.Holder.Kind == lockcore.Daemon
}
func heldByUnnamed(s *lockcore.Snapshot) bool { return !s.NamesHolder() }
func heldByAlias(s *lockcore.Snapshot) bool   { return s.State == lockcore.HeldElsewhere && s.Alias }
func besideNoDaemon(s *lockcore.Snapshot) bool {
	return contested(s) && s.LocalDaemon.PID != 0 && s.LocalDaemon.Kind != lockcore.Daemon
}
func claimedByNoDaemon(s *lockcore.Snapshot) bool {
	return besideNoDaemon(s) && s.Reason != lockcore.ConflictCopy
}
func outlivedByNoDaemon(s *lockcore.Snapshot) bool {
	return besideNoDaemon(s) && s.Reason == lockcore.LockMissing
}
func brokenBesideDaemon(s *lockcore.Snapshot) bool {
	return broken(s) && s.LocalDaemon.Kind == lockcore.Daemon
}
func brokenBesideProgram(s *lockcore.Snapshot) bool {
	return broken(s) && s.LocalDaemon.PID != 0 && !brokenBesideDaemon(s)
}

func contested(s *lockcore.Snapshot) bool { return s.State == lockcore.Contested }
func broken(s *lockcore.Snapshot) bool {
	return s.State == lockcore.Stale || s.State == lockcore.Corrupt
}
