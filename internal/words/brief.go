package words

import "lockbar/lockcore"

// Brief says what is so in one to four words, for a list of several stores.
func Brief(s lockcore.Snapshot) string {
	l := look{Snapshot: &s}
	return l.sentence(brief(&s))
}

func brief(s *lockcore.Snapshot) string {
	switch s.State {
	case lockcore.Unlocked:
		return "unlocked"
	case lockcore.HeldHere:
		return "held by {here}"
	case lockcore.HeldElsewhere:
		return "held by {host}"
	case lockcore.Stale:
		return "left behind"
	case lockcore.Contested:
		return briefClaims(s)
	case lockcore.Corrupt:
		return "corrupt lock"
	}
	return briefTrouble(s.Reason)
}

func briefClaims(s *lockcore.Snapshot) string {
	switch s.Reason {
	case lockcore.LockMissing:
		return "lock is gone"
	case lockcore.ConflictCopy:
		return "two claims"
	}
	return "{two}"
}

// briefTrouble says why nothing is known of a store. What is not read for any other reason cannot be read.
func briefTrouble(why lockcore.Reason) string {
	switch why {
	case lockcore.StoreMissing:
		return "not there yet"
	case lockcore.NotADirectory:
		return "no directory"
	case lockcore.NotDownloaded:
		return "not downloaded"
	}
	return "cannot be read"
}
