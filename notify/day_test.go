package notify

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lockbar/internal/config"
	"lockbar/internal/testfs"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

var update = flag.Bool("update", false, "write the golden files")

func name(dir string) string { return map[string]string{"/s": "~/.iai-mcp", "/t": "/mnt/work"}[dir] }

// scene is an event of the story.
type scene struct {
	at   string
	what any
}

type (
	saw struct { // the watcher reports an event
		event watch.Event
		to    lockcore.Snapshot
	}
	asleep  saw                            // the same, after the machine woke
	unseen  struct{ to lockcore.Snapshot } // the store changed while Lockbar was not running
	restart struct{}
	pause   time.Duration
	resume  struct{}
	off     config.Kind // the kind that is turned off; empty for none
	service bool        // whether the notification service runs
	stuck   bool        // whether it hangs
	press   string      // the label of a button on the screen
)

func at(s lockcore.Snapshot, dir string) lockcore.Snapshot { s.Store = dir; return s }

func taken(host string, pid int, clock string) lockcore.Record {
	return lockcore.Record{PID: pid, Hostname: host, StartedAt: "2026-11-22T" + clock + "+00:00", SchemaVersion: "1"}
}

func held(r lockcore.Record) lockcore.Snapshot {
	s := look(lockcore.HeldElsewhere, "", r)
	if s.Host = "mac-a"; r.Hostname == s.Host {
		s.State = lockcore.HeldHere
		s.Holder = lockcore.Process{PID: r.PID, Status: lockcore.Running, Kind: lockcore.Daemon}
	}
	return s
}

func gone(r lockcore.Record) lockcore.Snapshot {
	s := look(lockcore.Stale, lockcore.ProcessGone, r)
	s.Host = "mac-a"
	return s
}

func running(r lockcore.Record, pid int) lockcore.Snapshot {
	s := look(lockcore.Contested, lockcore.LocalDaemonAlive, r)
	s.Host, s.LocalDaemon = "mac-a", lockcore.Process{PID: pid, Status: lockcore.Running, Kind: lockcore.Daemon, Command: "python3 -m " + lockcore.DaemonModule}
	return s
}

// day returns the events of one day on a MacBook called mac-a, with two stores.
func day() []scene {
	const s, t = "/s", "/t"
	morning, second := taken("mac-a", 100, "07:00:00"), taken("mac-a", 101, "07:30:05")
	mini, miniAgain := taken("mac-mini", 500, "08:15:00"), taken("mac-mini", 501, "12:40:00")
	studio := taken("studio", 900, "10:05:00")
	var scenes []scene
	add := func(clock string, what any) { scenes = append(scenes, scene{clock, what}) }

	// The first start ever: a free store is no news, but a lock that was left behind is.
	add("06:55:00", unseen{at(free, s)})
	add("06:55:00", unseen{at(gone(taken("mac-a", 66, "05:00:00")), t)})
	add("06:55:00", restart{})
	// Our own daemon starts, crashes and is restarted: history only. Meanwhile the lock left behind is removed.
	add("07:00:00", saw{watch.Acquired, at(held(morning), s)})
	add("07:10:00", saw{watch.WasRemoved, at(free, t)})
	add("07:30:00", saw{watch.WentStale, at(gone(morning), s)})
	add("07:30:05", saw{watch.Acquired, at(held(second), s)})
	// This computer changes its name with the network.
	add("07:45:00", saw{watch.Renamed, at(func() lockcore.Snapshot {
		n := held(second)
		n.Reason, n.Host = lockcore.RenamedHost, "mac-a.lan"
		return n
	}(), s)})
	add("07:50:00", saw{watch.Renamed, at(held(second), s)})
	// mac-mini takes over while our daemon runs; later ours ends.
	add("08:15:01", saw{watch.TakenOver, at(running(mini, 101), s)})
	add("08:16:00", saw{watch.LockChanged, at(running(mini, 101), s)})
	add("08:20:00", saw{watch.Cleared, at(held(mini), s)})
	// Lockbar is restarted: there is no news.
	add("08:30:00", restart{})
	// The machine sleeps; a third computer takes over meanwhile.
	add("10:30:00", asleep{watch.TakenOver, at(held(studio), s)})
	// The second store's lock is corrupt, cannot be read, is corrupt again, is removed, and comes back.
	add("11:00:00", saw{watch.Corrupted, at(corrupt, t)})
	add("11:01:00", saw{watch.Unreadable, at(unread, t)})
	add("11:02:00", saw{watch.Corrupted, at(corrupt, t)})
	add("11:10:00", saw{watch.WasRemoved, at(free, t)})
	add("11:10:30", saw{watch.Resurrected, at(corrupt, t)})
	add("11:11:00", saw{watch.WasRemoved, at(free, t)})
	// Lockbar is not running over lunch: both stores change.
	add("12:40:00", unseen{at(held(miniAgain), s)})
	add("12:41:00", unseen{at(held(taken("studio", 901, "12:41:00")), t)})
	add("13:00:00", restart{})
	// A pause with two takeovers, and a crash that is over before the pause ends.
	add("14:00:00", pause(time.Hour))
	add("14:10:00", saw{watch.TakenOver, at(held(taken("studio", 902, "14:10:00")), s)})
	add("14:20:00", saw{watch.TakenOver, at(held(taken("mac-mini", 502, "14:20:00")), s)})
	add("14:30:00", saw{watch.Released, at(free, t)})
	add("14:31:00", saw{watch.Acquired, at(held(taken("mac-a", 102, "14:31:00")), t)})
	add("14:32:00", saw{watch.WentStale, at(gone(taken("mac-a", 102, "14:31:00")), t)})
	add("14:40:00", saw{watch.Acquired, at(held(taken("mac-a", 103, "14:40:00")), t)})
	add("14:45:00", restart{})
	add("15:00:00", resume{})
	// Two hosts fight: three takeovers are reported, then the fight once, then nothing.
	for i, host := range []string{"studio", "mac-mini", "studio", "mac-mini", "studio", "mac-mini", "studio"} {
		clock := fmt.Sprintf("16:%02d:00", 2*i)
		add(clock, saw{watch.TakenOver, at(held(taken(host, 600+i, clock)), s)})
	}
	// Calm again, then one more takeover is news.
	add("16:40:00", saw{watch.TakenOver, at(held(taken("mac-mini", 700, "16:40:00")), s)})
	// The notification service is away for a while: the message is late.
	add("17:00:00", service(false))
	add("17:00:30", saw{watch.WentStale, at(gone(taken("mac-a", 103, "14:40:00")), t)})
	add("17:05:00", service(true))
	// A conflict copy, and a kind that is turned off.
	add("18:00:00", off(config.Takeover))
	add("18:01:00", saw{watch.TakenOver, at(held(taken("studio", 903, "18:01:00")), s)})
	add("18:30:00", saw{watch.BecameTwo, at(copied, s)})
	add("19:00:00", saw{watch.BecameTwo, at(vanished, t)})
	// The service is restarted during two alarms, which are shown again; then one of them is over.
	add("19:05:00", service(false))
	add("19:05:01", service(true))
	add("19:10:00", saw{watch.Acquired, at(held(taken("mac-a", 104, "19:10:00")), t)})
	add("19:20:00", off(""))
	// Lockbar is killed and started during an alarm, whose buttons must be new ones. Then the lock is removed.
	add("19:30:00", restart{})
	add("19:40:00", press("Force Unlock"))
	add("19:45:00", saw{watch.WasRemoved, at(free, s)})
	// A daemon that keeps crashing, and is restarted each time, is reported once.
	last := taken("mac-a", 104, "19:10:00")
	for i := range 5 {
		add(fmt.Sprintf("20:%02d:00", 5*i), saw{watch.WentStale, at(gone(last), t)})
		last = taken("mac-a", 105+i, fmt.Sprintf("20:%02d:08", 5*i))
		add(fmt.Sprintf("20:%02d:08", 5*i), saw{watch.Acquired, at(held(last), t)})
	}
	// Both stores are taken over in the same moment.
	add("22:00:00", saw{watch.TakenOver, at(held(taken("studio", 910, "22:00:00")), s)})
	add("22:00:00", saw{watch.TakenOver, at(held(taken("studio", 911, "22:00:00")), t)})
	// The service hangs. When it recovers, it shows the message that it got before, and then only the newest one.
	add("23:00:00", stuck(true))
	add("23:00:00", saw{watch.TakenOver, at(held(taken("mac-mini", 920, "23:00:00")), s)})
	add("23:01:00", saw{watch.TakenOver, at(held(taken("studio", 921, "23:01:00")), s)})
	add("23:02:00", saw{watch.TakenOver, at(running(taken("mac-mini", 922, "23:02:00"), 110), s)})
	add("23:03:00", stuck(false))
	add("23:04:00", press("Copy Command"))
	add("23:10:00", saw{watch.Cleared, at(held(taken("mac-mini", 922, "23:02:00")), s)})
	add("23:59:00", saw{watch.Released, at(free, s)})
	return scenes
}

// play plays the day. It kills the process before the step with the number kill, and starts a new one at once.
func play(t *testing.T, kill int) *app {
	a := &app{kill: kill, seen: map[string]lockcore.Snapshot{}, looks: map[string]lockcore.Snapshot{}, own: map[string]lockcore.Backup{},
		desk: fakeDesk{running: 1, started: 1}}
	for _, d := range day() {
		clock, err := time.Parse(time.DateTime, "2026-11-22 "+d.at)
		testfs.Check(t, err)
		a.survive(t, clock, func() { a.until(t, clock) })
		a.survive(t, clock, func() { a.happen(t, d.what, clock) })
		if ghosts := a.ghosts(); len(ghosts) > 0 && !a.desk.hung && a.desk.running != 0 {
			t.Errorf("killed before step %d: at %s %q", kill, d.at, ghosts)
		}
	}
	return a
}

// TestDay compares the notifications of a day with the golden file.
func TestDay(t *testing.T) {
	path := filepath.Join("testdata", "day.golden")
	got := strings.Join(play(t, 0).shown, "\n") + "\n"
	got = regexp.MustCompile(`taskkill /F /T /PID \d+`).ReplaceAllString(got, words.StopCommand) // on Windows
	if *update {
		testfs.Check(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	testfs.Check(t, err)
	if want := strings.ReplaceAll(string(want), "\r\n", "\n"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestKilledAtAnyMoment kills the process before each step (every fifth unless testfs.Long). At most one message is repeated, and none of
// facts is lost. After a restart a fact may be part of a summary, so it is found by words common to all messages about it.
func TestKilledAtAnyMoment(t *testing.T) {
	whole := play(t, 0)
	for n := 1; n <= whole.steps; n += testfs.Rounds(5, 1) {
		got := play(t, n).shown
		if extra := news(got) - news(whole.shown); extra > 1 {
			t.Errorf("killed before step %d: %d more messages\n%s", n, extra, strings.Join(got, "\n"))
		}
		repeated := 0
		for i, line := range got {
			for _, other := range got[:i] {
				if line == other { // a new process begins at once, so the time is the same
					repeated++
				}
			}
		}
		if repeated > 1 {
			t.Errorf("killed before step %d: %d messages repeated\n%s", n, repeated, strings.Join(got, "\n"))
		}
		for _, fact := range facts {
			if !strings.Contains(strings.Join(got, "\n"), fact) {
				t.Errorf("killed before step %d: %q was never reported\n%s", n, fact, strings.Join(got, "\n"))
			}
		}
	}
}

// news counts the lines about new messages.
func news(lines []string) (n int) {
	for _, line := range lines {
		if strings.Contains(line, " +") {
			n++
		}
	}
	return n
}

// facts lists facts of the day, each by words that all messages about it contain.
var facts = []string{
	"This computer left a lock behind",
	"(PID 101)",
	"studio took over from mac-mini at 10:05",
	"The lock is corrupt",
	"came back",
	"mac-mini took over from studio at 12:40",
	"studio took the store at 12:41",
	"studio took over from mac-mini at 14:10",
	"mac-mini took over from studio at 14:20",
	"fight over one store",
	"kept two locks of",
	"A daemon runs here without its lock",
}

func TestDecodeSavedRefusesInvalidInput(t *testing.T) {
	for _, text := range []string{"{", "[]", `{"version":1}`, `{"version":3}`, `{"version":2,"stores":[]}`} {
		if _, err := DecodeSaved([]byte(text)); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}
