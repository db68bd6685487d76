package lockcore

// This file has the proofs: that a holder on this host is gone, and whose a lock is. Each is a function of the evidence alone.

// staleProof is the first proof that a holder on this host is gone, or empty. InnerHolder and StoreOpener may still say that
// the store is held.
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

// beforeBoot: the lock is older than this run of the machine. A process that is there and older than the lock says that
// the boot time is what is wrong (the clock was set after both began, or ran unlike the one that counts from the boot), and so
// does a daemon of this store that runs: then nothing is proven.
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

// recycled: the process with the holder's PID is another program, started after the lock was taken. The process that looks
// knows what it took itself: in a container it may have the number of its predecessor. Any later start counts then, and so does
// a time that proves nothing.
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

// mayBeHolder: the process under the holder's PID may be the holder whatever any clock says. It is a daemon or a lockbar run
// that is not known to serve another store, or nothing can be seen of it.
func mayBeHolder(e evidence) bool {
	if e.Holder.Status != Running || e.Self {
		return false
	}
	return e.Holder.Kind == UnknownKind || e.Holder.takesLocks() && e.Holder.store != anotherStore
}

// ours reports whether a lock with the name of this host is one of this host, or of another one that has the same name: then it is
// ours if its holder was seen here, or is a daemon here that must have taken it.
func ours(e evidence) bool {
	return !e.TakenElsewhere && (!e.NameTaken || e.SawHolder || tookIt(e))
}

// renamed is the proof that a record under a foreign name is our own daemon's: the PID runs here, and it is the claim that
// was seen under our own name, or the process is a daemon of this store that started before the lock was taken, by at
// most MaxStartup. A started_at that is no time may be a constant, and proves neither. Nothing does where another machine claims that
// name or this lock.
func renamed(e evidence) bool {
	_, known := e.Record.Started()
	if !known || e.Holder.Status != Running || e.NameTaken || e.TakenElsewhere {
		return false
	}
	return e.SameClaim || tookIt(e)
}

// tookIt reports whether the process that has the lock's PID here is a daemon of this store that started shortly before the lock was
// taken. A lock that was here before it is another machine's, by a clock that is behind.
func tookIt(e evidence) bool {
	taken, known := e.Record.Started()
	if !known || e.ClockStepped || e.TookAnew || e.Holder.Started.IsZero() || !e.Holder.usesThisStore() {
		return false
	}
	if !e.Changed.IsZero() && e.Changed.Before(e.Holder.Started.Add(-Tolerance)) {
		return false
	}
	age := taken.Sub(e.Holder.Started)
	return age >= -Tolerance && age <= MaxStartup
}
