package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// said is the file of a machine in .lockbar, as a Lockbar writes it.
type said struct {
	host, id string
	daemon   lockcore.DaemonID
	ended    bool
	gone     []lockcore.Token
}

func (s said) name() string { return filepath.Join(lockcore.PeersName, s.host+"-"+s.id[:8]+".json") }

func (s said) encode(t *testing.T) []byte {
	file := map[string]any{"schema": 1, "machine": s.id, "host": s.host, "lockbar": "0.3.0", "at": time.Now().UTC(), "watching": !s.ended,
		"daemon": nil, "gone": s.gone}
	if s.gone == nil {
		file["gone"] = []string{}
	}
	if s.daemon.PID != 0 {
		file["daemon"] = s.daemon
	}
	data, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// say writes the file of a machine.
func (w *world) say(s said) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Join(w.dir, lockcore.PeersName), 0o700); err != nil {
		w.t.Fatal(err)
	}
	w.write(s.name(), s.encode(w.t))
}

func (w *world) hosts() report.Hosts {
	w.t.Helper()
	return decode[report.Hosts](w.t, w.as(idA, "hosts", "--json").want(w.t, 0).out)
}

func startedAt(age time.Duration) string { return time.Now().Add(-age).UTC().Format(time.RFC3339) }

func TestHostsOfNobody(t *testing.T) {
	w := newWorld(t)
	if out := w.as(idA, "hosts").want(t, 0).out; !strings.Contains(out, "No other computer's Lockbar has written") {
		t.Errorf("%s", out)
	}
	if h := w.hosts(); h.Store != w.dir || h.Hosts == nil || len(h.Hosts) != 0 {
		t.Errorf("%+v", h)
	}
	if out := w.as(idA, "status", "--json").want(t, 0).out; strings.Contains(out, `"hosts"`) {
		t.Errorf("status has hosts: %s", out)
	}
	w.mustBeGone(w.state)
	w.mustBeGone(filepath.Join(w.dir, lockcore.PeersName))
}

func TestHosts(t *testing.T) {
	w := newWorld(t)
	w.say(said{host: ourHost, id: idA})
	w.say(said{host: "mac-b.local", id: idB, daemon: lockcore.DaemonID{PID: 4242, StartedAt: startedAt(4 * time.Hour)}})
	w.say(said{host: "nas", id: "cccccccccccccccc", ended: true})
	out := w.as(idA, "hosts").want(t, 0).out
	for _, part := range []string{
		"\nhosts  mac-a (aaaaaaaa, " + words.Machine() + "): no daemon ran here when it last wrote, just now\n       Lockbar 0.3.0, heard at ",
		"\n       mac-b (bbbbbbbb): its daemon (PID 4242) runs, heard just now\n", ", daemon since ", "(4 h)\n",
		"\n       nas (cccccccc): its Lockbar has ended; no daemon ran there when last heard, just now\n",
	} {
		if !strings.Contains(out, part) {
			t.Errorf("no %q in\n%s", part, out)
		}
	}
	if strings.Contains(out, "No other computer") {
		t.Errorf("%s", out)
	}
	out = w.as(idA, "status").want(t, 0).out
	for _, part := range []string{"\nhosts  mac-b (bbbbbbbb): its daemon (PID 4242) runs", "\n       nas (cccccccc): its Lockbar has ended"} {
		if !strings.Contains(out, part) || strings.Contains(out, "aaaaaaaa") {
			t.Errorf("no %q in\n%s", part, out)
		}
	}
	w.mustBeGone(w.state)
}

// TestHostsJSON holds the names and their order still: other people's scripts read them.
func TestHostsJSON(t *testing.T) {
	w := newWorld(t)
	token := lockcore.Token("sha256:" + strings.Repeat("0f", 32))
	w.say(said{host: "mac-b", id: idB, daemon: lockcore.DaemonID{PID: 4242, StartedAt: "then\x1b"}})
	w.say(said{host: "nas", id: "cccccccccccccccc", ended: true, gone: []lockcore.Token{token}})
	out := w.as(idA, "hosts", "--json").want(t, 0).out
	h := decode[report.Hosts](t, out)
	if len(h.Hosts) != 2 {
		t.Fatalf("%s", out)
	}
	b, nas := h.Hosts[0], h.Hosts[1]
	list := `"hosts":[{"machine":"bbbbbbbbbbbbbbbb","host":"mac-b","lockbar":"0.3.0","at":"` + b.At + `","heard":"` + b.Heard +
		`","watching":true,"daemon":{"pid":4242,"started_at":"then\u001b"},"alive":true,"this_machine":false,"silent":false,"gone":[],"ask":null},` +
		`{"machine":"cccccccccccccccc","host":"nas","lockbar":"0.3.0","at":"` + nas.At + `","heard":"` + nas.Heard +
		`","watching":false,"daemon":null,"alive":false,"this_machine":false,"silent":false,"gone":["` + string(token) + `"],"ask":null}],"checked_at":"`
	if want := list + h.CheckedAt + `"}` + "\n"; !strings.HasSuffix(out, want) {
		t.Errorf("got  %swant %s", out, want)
	}
	for _, at := range []string{b.At, b.Heard, h.CheckedAt} {
		if at, err := time.Parse(time.RFC3339, at); err != nil || time.Since(at).Abs() > time.Hour {
			t.Errorf("%v, %v", at, err)
		}
	}
	if out := w.as(idA, "status", "--json").want(t, 0).out; !strings.Contains(out, list) {
		t.Errorf("status has other hosts: %s", out)
	}
	if out := w.as(idB, "hosts", "--json").want(t, 0).out; !strings.Contains(out, `"this_machine":true`) {
		t.Errorf("nobody is this machine: %s", out)
	}
}

func TestHostsOfSeveralStores(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	other.say(said{host: "mac-b", id: idB})
	out := w.as(idA, "hosts", "--json", "--store", w.dir, "--store", other.dir).want(t, 0).out
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 || len(decode[report.Hosts](t, lines[0]).Hosts) != 0 || len(decode[report.Hosts](t, lines[1]).Hosts) != 1 {
		t.Errorf("%s", out)
	}
	text := w.as(idA, "hosts", "--store", w.dir, "--store", other.dir).want(t, 0).out
	if strings.Count(text, "\nstore") != 1 || !strings.Contains(text, "mac-b") {
		t.Errorf("%s", text)
	}
}

// TestHostsAreNotKnown where the store, or what lies in the place of the directory, cannot be read.
func TestHostsAreNotKnown(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(w *world) error
		says  string
	}{
		"no store": {func(w *world) error { return os.Remove(w.dir) }, "not known: "},
		"a file":   {func(w *world) error { return os.WriteFile(w.peers(), nil, 0o600) }, "no directory"},
		"a link":   {func(w *world) error { return os.Symlink(w.root, w.peers()) }, "it is a link"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if err := test.spoil(w); err != nil {
				t.Skip(err)
			}
			if out := w.as(idA, "hosts").want(t, 0).out; !strings.Contains(out, test.says) {
				t.Errorf("%s", out)
			}
			if out := w.as(idA, "hosts", "--json").want(t, 0).out; !strings.Contains(out, `"hosts":null`) {
				t.Errorf("%s", out)
			}
		})
	}
}

func (w *world) peers() string { return filepath.Join(w.dir, lockcore.PeersName) }

// TestWordsOfStrangersAreClean: what a machine calls itself is anybody's text.
func TestWordsOfStrangersAreClean(t *testing.T) {
	w := newWorld(t)
	evil := said{host: "evil\x1b]0;x\x07\u202e\nstate  unlocked", id: idB, daemon: lockcore.DaemonID{PID: 1, StartedAt: "\x1b[2J"}}
	if err := os.Mkdir(w.peers(), 0o700); err != nil {
		t.Fatal(err)
	}
	w.write(filepath.Join(lockcore.PeersName, "x-"+idB[:8]+".json"), evil.encode(t))
	for _, command := range []string{"hosts", "status", "doctor", "details"} {
		out := w.as(idA, command).want(t, 0).out
		if strings.ContainsAny(out, "\x1b\x07\u202e") || strings.Contains(out, "\nstate  unlocked\nx") || !strings.Contains(out, "evil ]0;x") {
			t.Errorf("%s: %q", command, out)
		}
		if n := strings.Count("\n"+out, "\nstate "); n > 1 {
			t.Errorf("%s: %d lines of a state:\n%s", command, n, out)
		}
	}
	if out := w.as(idA, "hosts", "--json").out; strings.ContainsAny(out, "\x1b\x07\u202e") {
		t.Errorf("%q", out)
	}
}

// TestOneNameOnTwoMachines: doctor says how to name them apart.
func TestOneNameOnTwoMachines(t *testing.T) {
	w := newWorld(t)
	w.say(said{host: strings.ToUpper(ourHost), id: idB})
	checks := decode[doctorObject](t, w.as(idA, "doctor", "--json").want(t, 0).out).Checks
	if c := checkNamed(t, checks, "hosts"); c.Result != "warn" || !strings.Contains(c.Detail, "is called mac-a too") {
		t.Errorf("%+v", c)
	}
}

// hostiles are what may lie in the place of .lockbar, or in it, and says nothing.
func hostiles(t *testing.T) map[string]func(w *world) error {
	in := func(name string, data []byte) func(w *world) error {
		return func(w *world) error { return os.WriteFile(filepath.Join(w.peers(), name), data, 0o600) }
	}
	file := said{host: "mac-b", id: idB, daemon: lockcore.DaemonID{PID: 4242, StartedAt: "x"}}
	valid := string(file.encode(t))
	return map[string]func(w *world) error{
		"garbage":           in("mac-b-bbbbbbbb.json", []byte("\x00\xff{")),
		"an unknown schema": in("mac-b-bbbbbbbb.json", []byte(strings.Replace(valid, `"schema":1`, `"schema":2`, 1))),
		"another's name":    in("mac-b-cccccccc.json", []byte(valid)),
		"a copy by iCloud":  in("mac-b-bbbbbbbb 2.json", []byte(valid)),
		"a copy by Dropbox": in("mac-b-bbbbbbbb (mac-c's conflicted copy 2026-11-27).json", []byte(valid)),
		"a copy by Syncthing": in("mac-b-bbbbbbbb.sync-conflict-20261127-140000-ABCDEFG.json",
			[]byte(valid)),
		"100 MB": func(w *world) error {
			name := filepath.Join(w.peers(), "mac-b-bbbbbbbb.json")
			if err := os.WriteFile(name, []byte(valid), 0o600); err != nil {
				return err
			}
			return os.Truncate(name, 100<<20)
		},
		"a directory": func(w *world) error { return os.Mkdir(filepath.Join(w.peers(), "mac-b-bbbbbbbb.json"), 0o700) },
		"5000 files": func(w *world) error {
			for i := range 5000 {
				if err := in(fmt.Sprintf("x%d-%08x.json", i, i), []byte("{}"))(w); err != nil {
					return err
				}
			}
			return nil
		},
		"a link to a file": func(w *world) error {
			target := filepath.Join(w.root, "elsewhere.json")
			if err := os.WriteFile(target, []byte(valid), 0o600); err != nil {
				return err
			}
			return os.Symlink(target, filepath.Join(w.peers(), "mac-b-bbbbbbbb.json"))
		},
		"a link to a directory": func(w *world) error {
			target := filepath.Join(w.root, "elsewhere")
			if err := os.Rename(w.peers(), target); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(target, "mac-b-bbbbbbbb.json"), []byte(valid), 0o600); err != nil {
				return err
			}
			return os.Symlink(target, w.peers())
		},
	}
}

// TestHostileFilesSayNothing: whatever lies where the machines speak changes no state and no line, and no command waits for it.
func TestHostileFilesSayNothing(t *testing.T) {
	for name, plant := range hostiles(t) {
		t.Run(name, func(t *testing.T) { wantSilence(t, plant) })
	}
}

// young is the age of a lock of this test, whose files may take seconds to make.
var young = regexp.MustCompile(`\((just now|\d+ (s|min))\)`)

func wantSilence(t *testing.T, plant func(*world) error) {
	t.Helper()
	for _, lock := range []lockcore.Record{{}, foreign(), record(ourHost, deadPID(t))} {
		w := newWorld(t)
		if !lock.IsZero() {
			w.writeLock(lock)
		}
		before := w.as(idA, "status", "--exit-code")
		if err := os.Mkdir(w.peers(), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := plant(w); err != nil {
			t.Skip(err)
		}
		begun := time.Now()
		after := w.as(idA, "status", "--exit-code")
		if time.Since(begun) > lockcore.ReadTimeout { // by then a look that waits is given up
			t.Errorf("status took %v", time.Since(begun))
		}
		before.out, after.out = young.ReplaceAllString(before.out, "(young)"), young.ReplaceAllString(after.out, "(young)")
		if after != before {
			t.Errorf("before %+v\nafter  %+v", before, after)
		}
		if list := w.hosts().Hosts; len(list) != 0 {
			t.Errorf("it is heard: %+v", list)
		}
	}
}
