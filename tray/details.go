package tray

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/notify"
)

// details is the text of Copy Details: what a bug report needs, with strangers' words cleaned.
func details(c Config, stores []Store, delivery notify.Status, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Lockbar %s, %s/%s, %s\n", c.Version, runtime.GOOS, runtime.GOARCH, now.Format(time.RFC3339))
	fmt.Fprintf(&b, "State directory: %s\n", c.StateDir)
	fmt.Fprintf(&b, "Notifications: %d shown, %d failed %s\n", delivery.Sent, delivery.Failed, words.Clean(delivery.Err))
	for _, s := range stores {
		b.WriteString("\n" + storeDetails(s.Snapshot, now))
	}
	return b.String()
}

func storeDetails(s lockcore.Snapshot, now time.Time) string {
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
	add("Problem", words.Clean(s.Problem))
	return b.String()
}

func processDetails(p lockcore.Process) string {
	if p.PID == 0 {
		return ""
	}
	return fmt.Sprintf("PID %d, alive %t, %s", p.PID, p.Alive(), words.Clean(p.Command))
}
