package words

import "lockbar/lockcore"

// exceptions override the rows of the table if the look shows more than state and reason. Later exceptions override earlier ones.
var exceptions = []struct {
	when func(*lockcore.Snapshot) bool
	row
}{
	{notLookedYet, row{brief: "Looking", title: "Looking at the store"}},
	{besideNoLock, row{what: "Nobody holds this store"}},
	{besidePeer, row{
		what:    "There is no lock in this store, although a daemon of it runs on {rival-hosts}, as last reported",
		brief:   "no lock",
		title:   "No lock, but a daemon runs on {rival-hosts}",
		now:     "Nobody holds a lock now, but a daemon runs on {rival-hosts}.",
		refused: "a daemon of another computer uses it",
		instead: "Stop it there ({stop})",
	}},
	{heldByDaemon, row{instead: "Stop it ({stop-here})"}},
	{heldByRun, row{meaning: "It is a lockbar run, not a daemon: {command}"}},
	{heldByOther, row{meaning: "It is not an iai-mcp daemon: {command}"}},
	{heldByUnnamed, row{
		what:    "{here} uses this store, since its database is open: {who}; the lock of {host}, {since}, names PID {pid}",
		meaning: "PID {holder} has the database open; the lock names another",
	}},
	{heldByAlias, row{meaning: "{here} once had the name {host}, but that alone proves nothing"}},
	{heldByNamesake, row{
		what:    "Another computer that is called {host}, as {here} is (PID {pid}), holds this store {since}",
		brief:   "held elsewhere",
		title:   "Held by another computer called {host}",
		meaning: "It has the name of {here}; lockbar doctor tells more",
	}},
	{heldAsHeard, row{
		what:    "{host} (another computer, PID {pid}) holds this store {since}, and says that it runs (heard {ago})",
		meaning: "Another computer, which says that its daemon runs",
		next:    "stop the daemon there: {stop}",
		refused: "its own computer says that it runs",
		instead: "Stop it there ({stop})",
	}},
	{heldByNamesakeAsHeard, row{
		next:    "stop the daemon there: {stop}",
		refused: "its own computer says that it runs",
		instead: "Stop it there ({stop})",
	}},
	{heldAsHeardBefore, row{
		what:    "{host} (another computer, PID {pid}) holds this store {since}",
		do:      "its daemon ran when last heard, {ago}, and whether it still runs cannot be verified from here",
		meaning: "Another computer; its daemon may or may not still run",
	}},
	{onlyElsewhere, row{
		meaning: "Stop one of them, on its computer: {stop}",
		next:    "stop one of the two daemons, on its computer: {stop}",
	}},
	{missingElsewhere, row{
		what:    "The lock is gone while {rivals} may still run a daemon of this store: another daemon may start, and two daemons may write to one store",
		title:   "{rival-hosts} runs a daemon without its lock",
		meaning: "Restart it there: {stop}, then start it again",
		next:    "restart the daemon there, which then takes the lock: {stop}, then start it again",
	}},
	{besideNoDaemon, row{meaning: "Let the one here end: {one}"}},
	{claimedByNoDaemon, row{next: "wait until {local} ends, or end it"}},
	{brokenBesideDaemon, row{
		now:  "A lock that {to} left behind is there now; restart the daemon here, which then takes it.",
		next: "restart the daemon, which then takes the lock: {stop-here}, then start it again",
	}},
	{corruptBesideDaemon, row{now: "The lock is corrupt now; restart the daemon here, which then takes it."}},
	{brokenBesideProgram, row{next: "wait until {local} ends, or end it"}},
	{outlivedByNoDaemon, row{title: "A program runs here without its lock"}},
	{aboutToBeTaken, row{
		next: "wait until the daemon that is starting has taken the lock; if that takes more than a few minutes, restart it: " +
			"{stop-here}, then start it again",
	}},
}

func notLookedYet(s *lockcore.Snapshot) bool { return *s == lockcore.Snapshot{} }

func besideNoLock(s *lockcore.Snapshot) bool {
	return s.State == lockcore.Unlocked && (s.Starting.PID != 0 || s.LocalDaemon.PID != 0)
}

// besidePeer reports whether another machine's daemon runs without a lock, as far as we know: its end may not be reported yet.
func besidePeer(s *lockcore.Snapshot) bool {
	return s.State == lockcore.Unlocked && s.LocalDaemon.PID == 0 && s.Starting.PID == 0 && len(s.Elsewhere()) > 0
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
func heldByUnnamed(s *lockcore.Snapshot) bool {
	return s.State == lockcore.HeldHere && !s.NamesHolder()
}
func heldByNamesake(s *lockcore.Snapshot) bool {
	return s.State == lockcore.HeldElsewhere && s.Namesake
}
func heldByNamesakeAsHeard(s *lockcore.Snapshot) bool { return heldByNamesake(s) && s.HolderAlive }
func heldAsHeard(s *lockcore.Snapshot) bool {
	return s.State == lockcore.HeldElsewhere && s.HolderAlive && !s.Namesake
}

// heldAsHeardBefore reports whether the announcement of the holder's machine is too old to count.
func heldAsHeardBefore(s *lockcore.Snapshot) bool {
	return s.State == lockcore.HeldElsewhere && !s.HolderAlive && !s.Namesake && s.Witness() != lockcore.Peer{}
}
func onlyElsewhere(s *lockcore.Snapshot) bool {
	return contested(s) && s.Reason == lockcore.OtherDaemonAlive && s.LocalDaemon.PID == 0
}
func missingElsewhere(s *lockcore.Snapshot) bool {
	return contested(s) && s.Reason == lockcore.LockMissing && s.LocalDaemon.PID == 0 && len(s.Elsewhere()) > 0
}
func heldByAlias(s *lockcore.Snapshot) bool { return s.State == lockcore.HeldElsewhere && s.Alias }
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
func corruptBesideDaemon(s *lockcore.Snapshot) bool {
	return s.State == lockcore.Corrupt && brokenBesideDaemon(s)
}
func brokenBesideProgram(s *lockcore.Snapshot) bool {
	return broken(s) && s.LocalDaemon.PID != 0 && !brokenBesideDaemon(s)
}

func contested(s *lockcore.Snapshot) bool { return s.State == lockcore.Contested }
func broken(s *lockcore.Snapshot) bool {
	return s.State == lockcore.Stale || s.State == lockcore.Corrupt
}
