package doctor

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"lockbar/internal/fsx"
	"lockbar/internal/state"
	"lockbar/notify"
)

// lockFiles are those of the state directory that have no content. They are locked while others are written, or for as long as the
// tray app runs.
var lockFiles = []string{"history.lock", "holders.json.guard", "tray.lock"}

// stateFiles reads what Lockbar remembers, as those who need it do. The history has a check of its own.
func (s Subject) stateFiles(context.Context) []Check {
	if s.hasNoPlace() {
		return nil
	}
	_, errHolders := state.ReadHolders(s.StateDir)
	_, errNames := state.ReadHostnames(s.StateDir)
	_, errTold := notify.ReadMemory(s.StateDir)
	errs := []error{errTold, errHolders, errNames}
	for _, name := range lockFiles {
		_, err := fsx.ReadEnd(filepath.Join(s.StateDir, name), 1)
		errs = append(errs, err)
	}
	return checkStateFiles(errs)
}

func checkStateFiles(errs []error) []Check {
	var checks []Check
	for _, err := range errs {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			checks = append(checks, one("state-files", Warn, "A file of Lockbar's own cannot be used, which says nothing of the stores: %s; move it away, and a new one is made", shown(err.Error()))...)
		}
	}
	if len(checks) == 0 {
		return one("state-files", Pass, "What Lockbar remembers can be read")
	}
	return checks
}
