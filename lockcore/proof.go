package lockcore

// This file contains the proofs that a holder on this host is gone, and that a lock is this host's. Each uses nothing but the evidence.

// staleProof returns the first proof that a holder on this host is gone, or "". InnerHolder and StoreOpener may still show that the
// store is held.
func staleProof(e evidence) Reason {
	switch {
	case e.Holder.Status == Running && e.Holder.takesLocks() && !e.Self && e.Holder.store == anotherStore:
		return OtherStore
	case beforeBoot(e):
		return BeforeBoot
	case e.Holder.Status == Gone:
		return ProcessGone
	case e.Holder.Status == Zombie:
		return ZombieProcess
	case recycled(e):
		return PIDRecycled
	}
	return ""
}

// beforeBoot reports whether the lock is older than this boot of the machine. If the process with the holder's PID may be the
// holder or is older than the lock, or a daemon of this store runs, the boot time may be wrong: the clock was set after the lock was
// taken, or drifted from the clock that counts from the boot. Then nothing is proven.
func beforeBoot(e evidence) bool {
	taken, known := e.Record.Started()
	switch {
	case !known || e.ClockStepped || e.Boot.IsZero() || !taken.Before(e.Boot.Add(-Tolerance)) || e.DaemonRuns:
		return false
	case e.Holder.Status != Running:
		return true
	}
	return !mayBeHolder(e) && (e.Holder.Started.IsZero() || recycled(e))
}

// recycled reports whether the process with the holder's PID is another program, started after the lock was taken. That process may be
// this one (Self), as in a container that gives it the PID of its predecessor. We know whether we took the lock (Took). If this process
// did not, any later start of it is a proof, even one within Tolerance, and so is an unknown time.
func recycled(e evidence) bool {
	if e.Holder.Status != Running || mayBeHolder(e) || e.Took {
		return false
	}
	taken, known := e.Record.Started()
	known = known && !e.ClockStepped && !e.Holder.Started.IsZero()
	if e.Self {
		return !known || e.Holder.Started.After(taken)
	}
	return known && e.Holder.Started.After(taken.Add(Tolerance))
}

// mayBeHolder reports whether the process with the holder's PID may be the holder, whatever the clocks show: it is a daemon or a
// lockbar run that is not known to use another store, or its arguments cannot be read. Of this process we know it: see recycled.
func mayBeHolder(e evidence) bool {
	if e.Holder.Status != Running || e.Self {
		return false
	}
	return e.Holder.Kind == UnknownKind || e.Holder.takesLocks() && e.Holder.store != anotherStore
}

// ours reports whether a lock with the name of this host is this host's, rather than that of another machine with the same name. If
// there is such a machine, the lock is ours only if its holder was seen here, or is a daemon here that must have taken it. A lock that
// another machine reports its own daemon to have taken is never ours.
func ours(e evidence) bool {
	return !e.TakenElsewhere && (!e.NameTaken || e.SawHolder || tookIt(e))
}

// renamed reports whether a record under a foreign name is our own daemon's: the PID runs here, and either the same claim was seen
// under our own name, or the process is a daemon of this store that started before the lock was taken, by at most MaxStartup. A
// started_at that is not a time may be a constant, and proves neither. Nothing is proven if another machine claims that name or
// this lock.
func renamed(e evidence) bool {
	_, known := e.Record.Started()
	if !known || e.Holder.Status != Running || e.NameTaken || e.TakenElsewhere {
		return false
	}
	return e.SameClaim || tookIt(e)
}

// tookIt reports whether the process with the lock's PID here is a daemon of this store that started shortly before the lock was
// taken. A lock that was here before the process belongs to another machine, whose clock is ahead.
func tookIt(e evidence) bool {
	taken, known := e.Record.Started()
	if !known || e.ClockStepped || e.OtherClaim || e.Holder.Started.IsZero() || !e.Holder.usesThisStore() {
		return false
	}
	if !e.Changed.IsZero() && e.Changed.Before(e.Holder.Started.Add(-Tolerance)) {
		return false
	}
	age := taken.Sub(e.Holder.Started)
	return age >= -Tolerance && age <= MaxStartup
}
