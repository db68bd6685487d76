package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"lockbar/internal/report"
	"lockbar/lockcore"
)

// Labels of the buttons, which are those of the menu.
const (
	ForceUnlockLabel = "Force Unlock"
	UndoLabel        = "Undo Force Unlock"
	SetAsideLabel    = "Set Aside Conflict Copies"
	CopyCommandLabel = "Copy Command"
	CancelLabel      = "Cancel"
	StopDaemonLabel  = "Stop the Daemon Here"
)

// buttonsOf returns what a message about a look offers: what the menu offers then, in the order of its text. ForceUnlock is last: a
// double click on it then finds Cancel, which is last in the confirmation that comes in its place.
func buttonsOf(s lockcore.Snapshot, store string) (all []Button) {
	if CanStop(s) {
		all = append(all, Button{CopyCommand, CopyCommandLabel, store, LockName(s)})
	}
	if s.Conflicts != (lockcore.Conflicts{}) {
		all = append(all, Button{SetAside, SetAsideLabel, store, CopiesName(s)})
	}
	if CanUnlock(s, true) {
		all = append(all, Button{ForceUnlock, ForceUnlockLabel, store, LockName(s)})
	}
	return all
}

// CanUnlock reports whether the lock of a look can be removed: with one click, or forced, which is with a click that is confirmed.
func CanUnlock(s lockcore.Snapshot, force bool) bool {
	return s.HasLock() && s.RefuseUnlock(s.Token, force) == nil
}

// CanStop reports whether the command that texts name stops one of two daemons: the one here, or, where a conflict copy is all that is
// known of the other, the one that the reader does not use, on its computer.
func CanStop(s lockcore.Snapshot) bool {
	unknown := s.Reason == lockcore.ConflictCopy && s.LocalDaemon.PID == 0
	return s.State == lockcore.Contested && (s.LocalDaemon.Kind == lockcore.Daemon || unknown)
}

// LockName names a lock as lockcore compares it: by its bytes, and where they are no record also by when it was written.
func LockName(s lockcore.Snapshot) string {
	if s.Record.IsZero() {
		return fmt.Sprint(s.Token, " ", s.LockChanged.UnixNano())
	}
	return string(s.Token)
}

// CopiesName names a list of conflict copies by their claims, as lockcore compares them.
func CopiesName(s lockcore.Snapshot) string {
	list := report.Bounded(s).Conflicts.List() // what is remembered of them
	for i := range list {
		list[i].Superseded = false
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%#v", list))
	return hex.EncodeToString(sum[:])
}
