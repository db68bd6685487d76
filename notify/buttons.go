package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"lockbar/internal/report"
	"lockbar/lockcore"
)

// The labels of the buttons are those of the menu, except CancelLabel.
const (
	ForceUnlockLabel = "Force Unlock"
	UndoLabel        = "Undo Force Unlock"
	SetAsideLabel    = "Set Aside Conflict Copies"
	CopyCommandLabel = "Copy Command"
	CancelLabel      = "Cancel"
	StopDaemonLabel  = "Stop the Daemon Here"
	LoginLabel       = "Start at Login"
)

// buttonsOf returns the buttons of a message about a look. The menu offers their actions too. They are in the order of the message's text.
// ForceUnlock is last: after a double click its second click hits Cancel, the last button of the confirmation that replaces the message.
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

// CanUnlock reports whether the lock of a look can be removed: without force by one click, with force after a confirmation.
func CanUnlock(s lockcore.Snapshot, force bool) bool {
	return s.HasLock() && s.RefuseUnlock(s.Token, force) == nil
}

// CanStop reports whether the stop command that the texts name can end a daemon of a contested store: the one that runs here, or, if only a
// conflict copy shows that there are two, the one that the user does not need, on its own computer.
func CanStop(s lockcore.Snapshot) bool {
	unknown := s.Reason == lockcore.ConflictCopy && s.LocalDaemon.PID == 0
	return s.State == lockcore.Contested && (s.LocalDaemon.Kind == lockcore.Daemon || unknown)
}

// LockName returns a name that distinguishes locks as lockcore does: by their bytes, and if the bytes are not a record, also by the time
// at which they were written.
func LockName(s lockcore.Snapshot) string {
	if s.Record.IsZero() {
		return fmt.Sprint(s.Token, " ", s.LockChanged.UnixNano())
	}
	return string(s.Token)
}

// CopiesName returns a name for the conflict copies of a look that distinguishes them as lockcore does: by their claims.
func CopiesName(s lockcore.Snapshot) string {
	list := report.Bounded(s).Conflicts.List() // as many as are saved
	for i := range list {
		list[i].Superseded = false
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%#v", list))
	return hex.EncodeToString(sum[:])
}
