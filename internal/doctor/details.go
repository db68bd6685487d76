package doctor

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// ProgramDetails returns the first part of the text of a bug report (Copy Details in the menu, the command details): the program and
// its state directory.
func ProgramDetails(version, commit, stateDir string, now time.Time) string {
	return fmt.Sprintf("Lockbar %s (commit %s), %s/%s, %s\nState directory: %s\n",
		version, commit, runtime.GOOS, runtime.GOARCH, now.Format(time.RFC3339), stateDir)
}

// NotificationDetails returns how many notifications were shown, how many failed, and why the last one failed if it did.
func NotificationDetails(d notify.Delivery) string {
	return fmt.Sprintf("Notifications: %d shown, %d failed %s\n", d.Sent, d.Failed, words.Clean(d.Err))
}

// UnknownNotifications replaces NotificationDetails in a text that is not from the tray app: only the app counts notifications.
const UnknownNotifications = "Notifications: not known to this command (the app counts them: see Copy Details in its menu)\n"

// StoreDetails returns the part about one store. It cleans text that others wrote.
func StoreDetails(s lockcore.Snapshot, h watch.Health, now time.Time) string {
	var b strings.Builder
	add := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	add("Store", s.Store)
	add("State", strings.TrimSpace(s.State.String()+" "+string(s.Reason)))
	add("Detail", words.Detail(s, now))
	add("Host", words.Clean(s.Host))
	if r := s.Record; !r.IsZero() {
		add("Lock", fmt.Sprintf("PID %d of %s, started %s, schema %s", r.PID, words.Clean(r.Hostname), words.Clean(r.StartedAt), words.Clean(r.SchemaVersion.String())))
	}
	add("Token", string(s.Token))
	add("Process", processDetails(s.Holder))
	add("Daemon here", processDetails(s.LocalDaemon))
	for _, copied := range s.Conflicts.List() {
		add("Conflict copy", fmt.Sprintf("%s, PID %d of %s", words.Clean(copied.Path), copied.Record.PID, words.Host(copied.Record)))
	}
	add("Hosts", strings.Join(words.Hosts(s.Peers, now, false), "; "))
	add("Problem", words.OneLine(words.Problem(s)))
	add("Changes", howSeen(h))
	return b.String()
}

// howSeen returns how changes are noticed.
func howSeen(h watch.Health) string {
	switch {
	case h.Interval == 0:
		return "not known"
	case h.Events && h.Problem != "":
		return fmt.Sprintf("seen at once, and checked every %v, but %s", h.Interval, words.Clean(h.Problem))
	case h.Events:
		return fmt.Sprintf("seen at once, and checked every %v", h.Interval)
	}
	return fmt.Sprintf("checked every %v: %s", h.Interval, words.Clean(h.Problem))
}

func processDetails(p lockcore.Process) string {
	if p.PID == 0 {
		return ""
	}
	return fmt.Sprintf("PID %d, alive %t, %s", p.PID, p.Alive(), words.Clean(p.Command))
}
