package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/lockcore"
)

// TestAsk: the app's own word gets the request, which names the daemon that runs there; nobody is asked for one that is not known to run.
func TestAsk(t *testing.T) {
	w := newWorld(t)
	pid := daemon(t, w.dir)
	record := lockcore.NewRecord(pid, ourHost, time.Now())
	w.writeLock(record)
	ours := said{host: ourHost, id: idA, daemon: lockcore.DaemonID{PID: pid, StartedAt: record.StartedAt}}
	theirs := said{host: "mac-b.local", id: idB, daemon: lockcore.DaemonID{PID: 4242, StartedAt: startedAt(time.Hour)}}
	refused := func(host, why string) {
		t.Helper()
		if r := w.as(idA, "ask", host).want(t, exitRefused); !strings.Contains(r.err, why) {
			t.Errorf("%q says %q", host, r.err)
		}
	}
	refused("mac-b", "no computer called")
	w.say(theirs)
	refused("mac-b", "app does not run here")
	ended := ours
	ended.ended = true
	w.say(ended)
	refused("mac-b", "app does not run here")
	w.say(ours)
	refused("nas", "no computer called")
	for _, host := range []string{"mac-b", "MAC-B.local", idB[:8]} {
		w.say(ours)
		if out := w.as(idA, "ask", host).want(t, 0).out; !strings.Contains(out, "Asked mac-b to stop its daemon (PID 4242)") {
			t.Errorf("%q says %q", host, out)
		}
		data, err := os.ReadFile(filepath.Join(w.dir, ours.name()))
		var word struct {
			Watching bool
			Daemon   lockcore.DaemonID
			Ask      lockcore.Ask
		}
		if err == nil {
			err = json.Unmarshal(data, &word)
		}
		if err != nil || !word.Watching || word.Daemon != ours.daemon || word.Ask.Machine != idB || word.Ask.Daemon != theirs.daemon || time.Since(word.Ask.At).Abs() > time.Hour {
			t.Errorf("%v: %s", err, data)
		}
	}
	if out := w.as(idA, "hosts").want(t, 0).out; !strings.Contains(out, "asks another computer to stop its daemon (PID 4242)") {
		t.Errorf("%s", out)
	}
	other := theirs
	other.daemon.PID++
	other.host, other.id = "mac-b", "dddddddddddddddd"
	w.say(other)
	w.say(ours)
	if r := w.as(idA, "ask", "mac-b").want(t, exitRefused); !strings.Contains(r.err, "2 computers are called") {
		t.Errorf("two of one name: %q", r.err)
	}
	theirs.daemon, other.daemon = lockcore.DaemonID{}, lockcore.DaemonID{}
	w.say(theirs)
	w.say(other)
	refused("mac-b", "no computer called")
	w.as(idA, "ask").want(t, exitUsage)
	w.as(idA, "ask", "a", "b").want(t, exitUsage)
}
