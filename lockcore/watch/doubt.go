package watch

import (
	"time"

	"lockbar/lockcore"
)

// doubt reports whether a look is not believed yet. The absence of a lock, if a lock or an unreadable store was shown, is believed if a
// second look after the settle time agrees, or if we removed the lock. A corrupt lock that was not shown is believed if a second look
// after the settle time finds it unchanged (daemons of today create the lock, and then fill it), or if we put it back. The first look is
// believed at once if what it found has been unchanged for a settle time. A valid lock is doubted only if we are about to remove it.
func (f *follower) doubt(snap lockcore.Snapshot, own lockcore.Backup, now time.Time) bool {
	switch {
	case snap.State == lockcore.Corrupt:
		return !f.shown.SameLock(snap) && f.recent(f.tornSince(snap), snap, now) && !restoredIt(snap, own)
	case f.beingRemoved(snap, own, now):
		f.absent = now // treat it as absent: look again after the settle time
		return true
	case snap.HasLock() || snap.State == lockcore.Unknown:
		return false
	case !f.first() && !f.shown.HasLock() && f.shown.State != lockcore.Unknown:
		return false
	}
	return f.recent(f.absent, snap, now) && !f.removedIt(own, now)
}

// recent reports whether a state first seen at since may be one step of two. If since is zero, the first look goes by the times of files,
// and any other look is recent.
func (f *follower) recent(since time.Time, snap lockcore.Snapshot, now time.Time) bool {
	if !since.IsZero() {
		return now.Sub(since) < lockcore.SettleTime
	}
	return !f.first() || snap.Unsettled(now)
}

// tornSince returns when the lock was first found corrupt with its present bytes; zero if this is the first time, or it was written since.
func (f *follower) tornSince(snap lockcore.Snapshot) time.Time {
	if !f.tornAs.SameLock(snap) {
		return time.Time{}
	}
	return f.torn
}

// remember notes when the doubt began.
func (f *follower) remember(snap lockcore.Snapshot, now time.Time) {
	if snap.State == lockcore.Corrupt {
		f.absent, f.torn, f.tornAs = time.Time{}, earlier(f.tornSince(snap), now), snap
	} else {
		f.absent, f.torn = earlier(f.absent, now), time.Time{}
	}
}

func restoredIt(snap lockcore.Snapshot, own lockcore.Backup) bool {
	return own.Kind == lockcore.BackupRestore && own.Token == snap.Token
}

func (f *follower) removedIt(own lockcore.Backup, now time.Time) bool {
	return f.shown.HasLock() && own.Kind == lockcore.BackupUnlock && own.Token == f.shown.Token &&
		now.Sub(own.At).Abs() <= ownChange
}

// beingRemoved reports whether a lock appeared that we are about to remove: a lock that was put back, and is removed again at once. Its
// backup is made before the lock is removed.
func (f *follower) beingRemoved(snap lockcore.Snapshot, own lockcore.Backup, now time.Time) bool {
	return snap.HasLock() && !f.shown.HasLock() && !f.first() &&
		own.Kind == lockcore.BackupUnlock && own != f.last && own.Token == snap.Token && now.Sub(own.At).Abs() < ownChange
}
