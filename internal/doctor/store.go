package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"lockbar/internal/config"
	"lockbar/internal/fsx"
	"lockbar/internal/state"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

func (s Subject) discovery(context.Context) []Check {
	if len(s.Stores) == 0 {
		return one("discovery", Fail, "There is no store: no home directory to look in; name one by --store")
	}
	if len(s.Doubts) == 0 {
		return one("discovery", Pass, "Stores: %d; every file that was read to find them is understood", len(s.Stores))
	}
	var checks []Check
	for _, d := range s.Doubts {
		advice := "; put it right, or name the store in the config file or by --store"
		if strings.HasSuffix(d, config.PutInConfig) { // the doubt has its own advice
			advice = ""
		}
		checks = append(checks, one("discovery", Warn, "%s%s", words.OneLine(d), advice)...)
	}
	return checks
}

// ofStore lists the checks of one store. If there are several stores, the detail of each check names the store's path.
func (s Subject) ofStore(store *lockcore.Store) []probe {
	dir := store.Dir()
	probes := []probe{
		{name: "store", run: func(context.Context) []Check { return checkStore(dir, s.Origins[dir], statStore(dir)) }},
		{name: "lock", run: func(ctx context.Context) []Check { return s.lookAt(ctx, store) }},
		{name: "permissions", run: func(context.Context) []Check { return permissions(store) }},
		{name: "file-events", run: func(context.Context) []Check { return checkEvents(watch.Check(store)) }},
		{name: "file-locks", run: func(context.Context) []Check { return checkLocks("file-locks", "the store", fsx.CheckLocks(dir)) }},
		{name: "sync", run: func(context.Context) []Check { return syncOf(dir) }},
	}
	if len(s.Stores) > 1 {
		for i := range probes {
			probes[i].store = words.OneLine(dir)
		}
	}
	return probes
}

// naming adds the path of the store to the details that do not begin with it.
func (p probe) naming(checks []Check) []Check {
	for i, c := range checks {
		if !strings.HasPrefix(c.Detail, p.store) {
			checks[i].Detail = p.store + ": " + c.Detail
		}
	}
	return checks
}

// cause returns an error in plain words, on one line.
func cause(err error) string { return words.OneLine(words.Plain(err)) }

// reason returns an error without its path, which this check or another one names.
func reason(err error) string {
	if of, ok := errors.AsType[*fs.PathError](err); ok {
		err = of.Err
	}
	return cause(err)
}

func statStore(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return errors.New("it is not a directory")
	}
	return err
}

func checkStore(dir, origin string, err error) []Check {
	where := fmt.Sprintf("%s (found by %s)", words.OneLine(dir), words.OneLine(origin))
	switch {
	case err == nil:
		return one("store", Pass, "%s", where)
	case fsx.IsAbsent(err):
		return one("store", Warn, "%s is not there yet; the iai-mcp daemon creates it at its first start; if it ran before, check the path", where)
	}
	return one("store", Fail, "%s cannot be used: %s; check its path and owner, or name another one by --store", where, reason(err))
}

// lookAt makes the checks that need one look: the lock, its conflict copies and the machines that share the store.
func (s Subject) lookAt(ctx context.Context, store *lockcore.Store) []Check {
	saved, _ := state.Read(s.StateDir) // an unreadable state is empty here; state-files reports it
	snapshot, c := store.Inspect(ctx, saved.Holders.Memory(store)), s.Commands(store.Dir())
	if snapshot.Reason == lockcore.StoreMissing {
		return slices.Concat(skipped("lock", noStore), skipped("conflict-copies", noStore), skipped("hosts", noStore))
	}
	now := time.Now()
	return slices.Concat(checkLock(snapshot, c, now), checkCopies(snapshot.Conflicts.List(), c), checkHosts(&snapshot, HostsProblem(store.Dir()), now))
}

// noStore is the reason why most of a store cannot be checked.
const noStore = "the store is not there yet"

// statuses maps the verdict on a lock to the result of its check.
var statuses = map[words.Verdict]Result{words.Fine: Pass, words.Attention: Warn, words.Blind: Fail}

func checkLock(s lockcore.Snapshot, c words.Commands, now time.Time) []Check {
	status := statuses[words.VerdictOf(s)]
	detail := s.State.String()
	if s.Reason != "" {
		detail += " (" + string(s.Reason) + ")"
	}
	detail += ": " + words.Detail(s, now)
	if next := words.Next(s, c); next != "" && status != Pass {
		detail += " What to do: " + words.OneLine(next) + "."
	}
	return []Check{{Name: "lock", Result: status, Detail: detail}}
}

func checkCopies(copies []lockcore.Conflict, c words.Commands) []Check {
	if len(copies) == 0 {
		return one("conflict-copies", Pass, "None")
	}
	return one("conflict-copies", Warn, "The sync program left %d beside the lock; to move them to the backups: %s", len(copies), words.OneLine(c.Copies))
}

func permissions(store *lockcore.Store) []Check {
	dirErr := writable(store.Dir())
	info, err := os.Lstat(store.LockPath())
	if err != nil {
		return checkPermissions(dirErr, 0)
	}
	return checkPermissions(dirErr, info.Mode())
}

// checkPermissions checks the store and the mode of its lock, which is 0 if there is none. On Windows the mode means nothing.
func checkPermissions(dir error, mode fs.FileMode) []Check {
	switch {
	case fsx.IsAbsent(dir):
		return skipped("permissions", noStore)
	case dir != nil:
		return one("permissions", Warn, "This user may not write in the store, so no lock can be removed: %s", reason(dir))
	case runtime.GOOS != "windows" && mode.IsRegular() && mode.Perm()&0o077 != 0:
		return one("permissions", Warn, "The lock has mode %04o, so other users of this computer have access to it; daemons write it 0600", mode.Perm())
	}
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" { // writable does not see the rights there
		return one("permissions", Pass, "The store can be reached; whether it is writable shows only when a lock is removed")
	}
	return one("permissions", Pass, "The store is writable for this user")
}

func checkEvents(h watch.Health) []Check {
	switch {
	case h.Events && h.Problem == "":
		return one("file-events", Pass, "The system reports changes at once; Lockbar also checks every %v", h.Interval)
	case h.Events:
		return one("file-events", Warn, "Changes in the store are seen at once, but a link on the way to it is checked every %v: %s", h.Interval, words.OneLine(h.Problem))
	}
	return one("file-events", Warn, "Changes are not seen at once, but by a check every %v: %s", h.Interval, words.OneLine(h.Problem))
}
