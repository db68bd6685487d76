package words

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

var update = flag.Bool("update", false, "write the golden file")

// judgements returns a look for each state and reason, in the table's order of reasons.
func judgements() (looks []lockcore.Snapshot) {
	for _, state := range lockcore.States() {
		for _, row := range table[state].reasons {
			looks = append(looks, example(state, row.reason))
		}
	}
	return looks
}

func example(state lockcore.State, reason lockcore.Reason) lockcore.Snapshot {
	return lockcore.Snapshot{
		Store: "/store", Lock: "/store/.locked", State: state, Reason: reason, Problem: lockcore.Problem{Err: "it said so"}, Host: "mac-a",
		Record: lockcore.Record{PID: 4242, Hostname: "mac-a", StartedAt: "2026-11-22T09:14:00+00:00", SchemaVersion: "1"},
	}
}

var (
	daemon   = running(99, lockcore.Daemon, "python3 -m "+lockcore.DaemonModule)
	run      = running(98, lockcore.LockbarRun, "lockbar "+lockcore.RunArgument+" /s run -- tar -c .")
	stranger = running(97, lockcore.OtherProgram, "vim \x1b[1m")
)

func running(pid int, kind lockcore.ProcessKind, command string) lockcore.Process {
	return lockcore.Process{PID: pid, Status: lockcore.Running, Kind: kind, Command: command, Started: noon.Add(-3 * time.Hour)}
}

// TestTableIsComplete checks that each state has a sign and at least one row, each reason exactly one row, and each row the words that no
// look can do without.
func TestTableIsComplete(t *testing.T) {
	rows, severities, codes := map[lockcore.Reason]int{}, map[int]bool{}, map[int]bool{}
	for _, state := range lockcore.States() {
		sign := SignOf(state)
		if len(table[state].reasons) == 0 || sign.Icon.String() != state.String() || sign.Shape == "" || sign.Colour == "" {
			t.Errorf("%v: %d rows, icon %v, colour %q", state, len(table[state].reasons), sign.Icon, sign.Colour)
		}
		severities[sign.Severity], codes[sign.ExitCode] = true, true
		for _, row := range table[state].reasons {
			rows[row.reason]++
			if r := judged(state, row.reason); r.what == "" || r.past == "" || r.title == "" && r.do == "" {
				t.Errorf("%v: empty words in %+v", state, r)
			}
		}
	}
	for _, reason := range lockcore.Reasons() {
		if rows[reason] != 1 {
			t.Errorf("%s has %d rows", reason, rows[reason])
		}
	}
	if n := len(lockcore.States()); len(table) != n || len(severities) != n || len(codes) != n {
		t.Errorf("%d states, %d severities and %d exit codes for %d states", len(table), len(severities), len(codes), n)
	}
}

// TestSeverity checks the order by which one of several stores decides the exit code. Scripts rely on it.
func TestSeverity(t *testing.T) {
	worst := []lockcore.State{lockcore.Contested, lockcore.Corrupt, lockcore.Stale, lockcore.Unknown,
		lockcore.HeldElsewhere, lockcore.HeldHere, lockcore.Unlocked}
	if !slices.IsSortedFunc(worst, func(a, b lockcore.State) int { return SignOf(b).Severity - SignOf(a).Severity }) {
		t.Errorf("the order of severity is not %v", worst)
	}
}

// TestWordsAreAsTheyWere compares what said returns for each state, reason and exception with the golden file.
func TestWordsAreAsTheyWere(t *testing.T) {
	got := ""
	for _, s := range append(judgements(), exceptional()...) {
		got += said(s)
	}
	got = regexp.MustCompile(`taskkill /F /T /PID \d+`).ReplaceAllString(got, StopCommand) // TestStopHere covers Windows
	path := filepath.Join("testdata", "table.golden")
	if *update {
		testfs.Check(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	testfs.Check(t, err)
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(strings.ReplaceAll(string(want), "\r\n", "\n"), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		if i >= len(gotLines) || i >= len(wantLines) || gotLines[i] != wantLines[i] {
			t.Fatalf("line %d differs; got %d lines, want %d:\n%s", i+1, len(gotLines), len(wantLines), got)
		}
	}
}

// TestNextIsWhatMayBeDone checks that unlock is not the next step if lockcore would refuse it.
func TestNextIsWhatMayBeDone(t *testing.T) {
	for _, s := range append(judgements(), exceptional()...) {
		s.Token = "sha256:x"
		refused := s.RefuseUnlock(s.Token, false)
		if next := Next(s, Commands{Unlock: "UNLOCK"}); refused != nil && strings.Contains(next, "UNLOCK") {
			t.Errorf("%v: %q, and %v", s.State, next, refused)
		}
	}
}

// exceptional returns looks that show more than their state and reason, and the zero look, which shows neither.
func exceptional() (looks []lockcore.Snapshot) {
	add := func(state lockcore.State, reason lockcore.Reason, change func(*lockcore.Snapshot)) {
		s := example(state, reason)
		change(&s)
		looks = append(looks, s)
	}
	local := func(p lockcore.Process) func(*lockcore.Snapshot) {
		return func(s *lockcore.Snapshot) { s.LocalDaemon = p }
	}
	holder := func(p lockcore.Process) func(*lockcore.Snapshot) { return func(s *lockcore.Snapshot) { s.Holder = p } }
	starting := func(since time.Duration) func(*lockcore.Snapshot) {
		return func(s *lockcore.Snapshot) { s.Starting, s.Starting.Started = daemon, noon.Add(-since) }
	}
	for _, reason := range []lockcore.Reason{lockcore.LocalDaemonAlive, lockcore.LockMissing, lockcore.ConflictCopy} {
		add(lockcore.Contested, reason, local(daemon))
		add(lockcore.Contested, reason, local(run))
	}
	add(lockcore.Contested, lockcore.ConflictCopy, func(s *lockcore.Snapshot) {
		s.Conflicts = lockcore.NewConflicts([]lockcore.Conflict{{Path: "/store/.locked 2"},
			{Path: "/store/.locked 3", Record: lockcore.Record{PID: 7, Hostname: "mac-{pid}", StartedAt: "x", SchemaVersion: "1"}}})
		s.MoreCopies = 9
	})
	for _, p := range []lockcore.Process{daemon, run, stranger} {
		add(lockcore.Stale, lockcore.ProcessGone, local(p))
		add(lockcore.Corrupt, lockcore.NotJSON, local(p))
		add(lockcore.HeldHere, "", holder(p))
		add(lockcore.HeldHere, lockcore.StoreOpen, holder(p))
	}
	add(lockcore.HeldHere, "", func(s *lockcore.Snapshot) { s.Holder, s.Holder.Started = daemon, noon })
	add(lockcore.Stale, lockcore.ProcessGone, starting(time.Hour))
	add(lockcore.Stale, lockcore.ProcessGone, func(s *lockcore.Snapshot) { s.OpenedBy = stranger })
	add(lockcore.Unlocked, "", starting(time.Minute))
	add(lockcore.Unlocked, "", local(stranger))
	add(lockcore.HeldElsewhere, "", starting(time.Minute))
	add(lockcore.HeldElsewhere, "", func(s *lockcore.Snapshot) { s.Alias, s.LinkTarget = true, "/tmp/\ax" })
	elsewhere := func(p lockcore.Process, peers ...lockcore.Peer) func(*lockcore.Snapshot) {
		return func(s *lockcore.Snapshot) {
			s.LocalDaemon, s.Peers, s.Token, s.Record.Hostname = p, lockcore.NewPeers(peers), "sha256:x", "mac-mini"
		}
	}
	mini, book := peer("mac-mini", 4242, 2*time.Minute), peer("book-{pid}", 7, 3*time.Hour)
	add(lockcore.Contested, lockcore.OtherDaemonAlive, elsewhere(daemon, mini))
	add(lockcore.Contested, lockcore.OtherDaemonAlive, elsewhere(run, mini))
	add(lockcore.Contested, lockcore.OtherDaemonAlive, elsewhere(lockcore.Process{}, mini, book))
	add(lockcore.Unlocked, "", elsewhere(lockcore.Process{}, mini))
	add(lockcore.Contested, lockcore.LockMissing, elsewhere(lockcore.Process{}, mini))
	add(lockcore.HeldElsewhere, "", func(s *lockcore.Snapshot) { elsewhere(lockcore.Process{}, mini)(s); s.HolderAlive = true })
	mini.Alive, mini.Heard = false, noon.Add(-40*time.Minute)
	add(lockcore.HeldElsewhere, "", elsewhere(lockcore.Process{}, mini))
	mini.Daemon, mini.Gone[0] = lockcore.DaemonID{}, "sha256:x"
	add(lockcore.Stale, lockcore.WitnessGone, elsewhere(lockcore.Process{}, mini))
	add(lockcore.Stale, lockcore.WitnessGone, elsewhere(daemon, mini))
	add(lockcore.HeldElsewhere, "", func(s *lockcore.Snapshot) { s.Namesake = true })
	add(lockcore.HeldElsewhere, "", func(s *lockcore.Snapshot) { s.Namesake, s.HolderAlive = true, true })
	add(lockcore.Unknown, lockcore.NotARegularFile, func(s *lockcore.Snapshot) { s.LinkTarget = "/tmp" })
	return append(looks, lockcore.Snapshot{})
}

// peer returns a machine that announced its running daemon, ago before noon.
func peer(host string, pid int, ago time.Duration) lockcore.Peer {
	p := lockcore.Peer{Heard: noon.Add(-ago), Alive: true}
	p.Watching = true
	p.Machine, p.Host, p.Daemon = host, host, lockcore.DaemonID{PID: pid, StartedAt: "2026-11-22T09:14:00+00:00"}
	return p
}

// said returns the sign of a look and the texts about it that the golden file has, with the same words on every system.
func said(s lockcore.Snapshot) string {
	c := Commands{Unlock: "lockbar unlock", Copies: "lockbar unlock --copies"}
	sign := SignOf(s.State)
	text := fmt.Sprintf("%v %s: icon %v, colour %s, exit code %d, severity %d, concern %d\n", s.State, s.Reason,
		sign.Icon, sign.Colour, sign.ExitCode, sign.Severity, VerdictOf(s))
	for _, line := range []struct{ name, text string }{
		{"detail", Detail(s, noon)},
		{"brief", Brief(s)},
		{"title", Title(s)},
		{"meaning", Meaning(s)},
		{"beside", Beside(s, noon)},
		{"next", Next(s, c)},
		{"now", Now(s)},
		{"past", past(&s)},
		{"over", judged(s.State, s.Reason).over},
	} {
		if line.text != "" {
			text += "    " + line.name + ": " + line.text + "\n"
		}
	}
	return strings.NewReplacer("this Mac", "this computer", "This Mac", "This computer", privacy("darwin"), "", folders("darwin"), "").Replace(text)
}
