package notify

import (
	"maps"
	"slices"
	"time"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

const (
	// More than fightTakeovers takeovers within fightTime are a fight of two computers: people move their work less often.
	fightTakeovers = 3
	fightTime      = 10 * time.Minute
)

// changedHost reports whether the lock moved from one computer to another, be it this one or not.
func changedHost(f Fact) bool {
	before, after := f.From.Record, f.To.Record
	switch f.Event {
	case watch.TakenOver:
		return true
	case watch.Acquired:
		return !before.IsZero() && !after.IsZero() && !lockcore.SameHost(before.Hostname, after.Hostname)
	}
	return false
}

// countTakeover records a takeover, and reports whether it began a fight.
func (m perStore) countTakeover(f Fact, now time.Time) (_ perStore, began bool) {
	if f.Away || !changedHost(f) {
		return m, false
	}
	old := func(t time.Time) bool { return now.Sub(t).Abs() >= fightTime }                // Abs: the clock may have been set back
	m.Takeovers = append(slices.DeleteFunc(slices.Clone(m.Takeovers), old), now.Round(0)) // Round: the wall clock counts sleep
	if len(m.Takeovers) <= fightTakeovers && !m.fighting(now) {
		return m, false
	}
	if began = !m.fighting(now); began {
		m.Told = maps.Clone(m.Told)
		delete(m.Told, fight)
	}
	m.Calm = now.Round(0).Add(fightTime)
	m.Takeovers = m.Takeovers[max(0, len(m.Takeovers)-fightTakeovers):] // more are not needed
	return m, began
}

// fighting reports whether a fight is not over yet. If the clock was set back, Calm may be too far away to count.
func (m perStore) fighting(now time.Time) bool { return isAhead(m.Calm, now, fightTime) }

// isAhead reports whether t is after now, but no more than limit.
func isAhead(t, now time.Time, limit time.Duration) bool { return now.Before(t) && t.Sub(now) <= limit }

const (
	// crashTimes crashes within crashTime show that something is wrong with the daemon.
	crashTimes = 3
	crashTime  = time.Hour
)

// crashed reports whether a daemon of this machine ended and left its lock behind.
func crashed(f Fact) bool {
	return f.Event == watch.WentStale && f.From.State == lockcore.HeldHere && f.From.Holder.Kind == lockcore.Daemon
}

// countCrash records a crash, and reports whether it began a crash loop.
func (m perStore) countCrash(f Fact, now time.Time) (_ perStore, began bool) {
	if f.Away || !crashed(f) {
		return m, false
	}
	unsteady := isAhead(m.Steady, now, crashTime)
	if !unsteady {
		m.Told = maps.Clone(m.Told)
		delete(m.Told, crashing)
	}
	old := func(t time.Time) bool { return now.Sub(t).Abs() >= crashTime }
	m.Crashes = append(slices.DeleteFunc(slices.Clone(m.Crashes), old), now.Round(0))
	m.Crashes = m.Crashes[max(0, len(m.Crashes)-crashTimes):]
	if len(m.Crashes) < crashTimes {
		return m, false
	}
	m.Steady = now.Round(0).Add(crashTime)
	return m, !unsteady
}

// inFight returns the kind to report during a fight. It drops takeovers and releases, and drops alarms while the message about the fight
// is shown, since that already says what happens and what to do.
func inFight(k kind, fightShown bool) kind {
	switch k {
	case takeover, freed:
		return nothing
	case takeoverRunning, twoDaemons, lockVanished, conflictCopy:
		if fightShown {
			return nothing
		}
	}
	return k
}
