package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"lockbar/internal/config"
	"lockbar/internal/fsx"
	"lockbar/internal/login"
	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/words"
)

func (s Subject) config(context.Context) []Check {
	path, err := config.Path()
	if err != nil {
		return one("config", Warn, "%s", cause(err))
	}
	c, err := config.Load(path)
	_, errStat := os.Stat(path)
	missing := fsx.IsAbsent(errStat)
	own := config.Source(path)
	checks := checkConfig(own, c, err, time.Now())
	switch {
	case missing && own == path && err == nil:
		return one("config", Pass, "There is no config file, and none is needed; it would be %s", words.OneLine(path))
	case !missing && own != path:
		return ofThisMachine(path, checks)
	}
	return checks
}

// ofThisMachine adds why this computer has a settings file of its own.
func ofThisMachine(path string, checks []Check) []Check {
	for i := range checks {
		checks[i].Detail += " This computer has settings of its own, and does not use " + words.OneLine(path) + ", which is for other computers that share the home directory."
	}
	return checks
}

func checkConfig(path string, c config.Config, err error, now time.Time) []Check {
	switch {
	case err != nil:
		return one("config", Warn, "Notifications use the defaults, since the config file could not be used: %s", cause(err))
	case len(c.Unknown) > 0:
		return one("config", Warn, "%s has keys that this version does not know, perhaps misspelt: %s", words.OneLine(path), words.OneLine(strings.Join(c.Unknown, ", ")))
	case c.Paused(now):
		return one("config", Warn, "Notifications are paused until %s, by %s; to end that, choose Resume in the menu's Notifications",
			words.Clock(c.PausedUntil, now), words.OneLine(path))
	}
	return one("config", Pass, "%s", words.OneLine(path))
}

// spare is the free space below which doctor warns that the next backup or line of the history may fail. A history has up to 2 MB.
const spare = 10 << 20

func (s Subject) stateDir(context.Context) []Check {
	if s.StateDir == "" {
		return one("state-dir", Fail, "This system has no place for backups, so no lock can be removed; name one by --state-dir")
	}
	var stores []string
	for _, store := range s.Stores {
		stores = append(stores, store.Dir())
	}
	if store := state.StoreAround(s.StateDir, stores); store != "" {
		return one("state-dir", Fail, "%s is in a store, where it would be synced; give another --state-dir", words.OneLine(s.StateDir))
	}
	info, err := os.Stat(s.StateDir)
	if errors.Is(err, fs.ErrNotExist) {
		return checkNewStateDir(s.StateDir, writable(existing(s.StateDir)))
	}
	if err == nil && !info.IsDir() {
		return one("state-dir", Fail, "%s is not a directory, so nothing can be kept and no lock removed; move it away, or give another --state-dir", words.OneLine(s.StateDir))
	}
	if err == nil {
		err = writeProbe(s.StateDir)
	}
	if err != nil {
		return one("state-dir", Fail, "Nothing can be written to %s, so no lock can be removed: %s", words.OneLine(s.StateDir), reason(err))
	}
	free, known := freeSpace(s.StateDir)
	return checkStateDir(s.StateDir, info.Mode(), free, known)
}

// existing returns the longest beginning of the path dir that exists.
func existing(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

func checkNewStateDir(dir string, err error) []Check {
	if err != nil {
		return one("state-dir", Fail, "%s cannot be made, so no lock can be removed: %s; give another --state-dir", words.OneLine(dir), reason(err))
	}
	return one("state-dir", Pass, "%s is made when it is first needed", words.OneLine(dir))
}

// writeProbe writes and removes a file, which proves more than any permission bit.
func writeProbe(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-*.tmp")
	if err != nil {
		return err
	}
	_, err = f.WriteString("probe")
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

func checkStateDir(dir string, mode fs.FileMode, free uint64, known bool) []Check {
	switch {
	case known && free < spare:
		return one("state-dir", Warn, "%s has %d MB left, and a lock is removed only after a backup; make room", words.OneLine(dir), free>>20)
	case runtime.GOOS != "windows" && mode.Perm()&0o077 != 0:
		return one("state-dir", Warn, "%s has mode %04o, so other users may read its backups; to close it: chmod 700", words.OneLine(dir), mode.Perm())
	case runtime.GOOS == "windows": // the mode means nothing
		return one("state-dir", Pass, "%s is writable", words.OneLine(dir))
	}
	return one("state-dir", Pass, "%s is private and writable", words.OneLine(dir))
}

// hasNoPlace reports whether no state directory is named, or a file is in its place. Another check reports that.
func (s Subject) hasNoPlace() bool {
	info, err := os.Stat(s.StateDir)
	return s.StateDir == "" || err == nil && !info.IsDir()
}

func (s Subject) history(context.Context) []Check {
	if s.hasNoPlace() {
		return skipped("history", "there is no state directory")
	}
	lines, err := state.OpenJournal(s.StateDir).Last(0)
	if err != nil {
		return one("history", Warn, "It cannot be read: %s; move that file away, and Lockbar begins a new one", cause(err))
	}
	if len(lines) == 0 {
		return one("history", Pass, "Nothing has been recorded yet")
	}
	newest, err := report.ParseEntry(lines[len(lines)-1])
	if err != nil {
		return one("history", Warn, "Its newest line is not an event; another version of Lockbar may have written it")
	}
	return one("history", Pass, "Events: %d, the newest of %s", len(lines), words.Clock(newest.Time(), time.Now()))
}

// instance briefly tries the locks that a running tray app holds. It makes no file.
func (s Subject) instance(context.Context) []Check {
	var errs []error
	for _, path := range state.InstanceLocks(s.StateDir) {
		errs = append(errs, tryLock(path))
	}
	return checkInstance(errors.Join(errs...), sessionOf(os.Getenv).mayShow(runtime.GOOS))
}

func tryLock(path string) error {
	f, err := fsx.Open(path, os.O_RDWR, 0)
	if err != nil {
		return nil // there is no lock, or none that we can open
	}
	defer f.Close()
	return fsx.TryLock(f)
}

// checkInstance warns if the app does not run although it could show its icon: then the user gets no messages.
func checkInstance(err error, mayShow bool) []Check {
	switch {
	case errors.Is(err, fsx.ErrLocked):
		return one("instance", Pass, "The tray app runs")
	case mayShow:
		return one("instance", Warn, "The tray app does not run, so no icon and no notification tells you of changes; to start it: lockbar")
	}
	return one("instance", Pass, "The tray app does not run, and there is no desktop here to show its icon on")
}

func (s Subject) loginItem(context.Context) []Check {
	status, err := login.Status()
	return checkLogin(status, err, login.CheckPlace())
}

// checkLogin reports the entry; place is the reason why this program cannot get one.
func checkLogin(s login.Setting, err, place error) []Check {
	switch {
	case err != nil:
		return one("login-item", Warn, "Whether Lockbar starts at login is not known: %s", cause(err))
	case s.Problem != "":
		return one("login-item", Warn, "%s (%s)", words.OneLine(s.Problem), words.OneLine(s.Entry))
	case s.Enabled:
		return one("login-item", Pass, "Lockbar starts at login (%s)", words.OneLine(s.Entry))
	case place != nil:
		return one("login-item", Pass, "Lockbar does not start when you log in, and this copy cannot: %s", cause(place))
	}
	return one("login-item", Pass, "Lockbar does not start when you log in; if you want that: lockbar login enable")
}
