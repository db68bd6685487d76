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
	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// A peerFile is the file that the Lockbar of a machine writes into .lockbar.
type peerFile struct {
	host, id string
	daemon   lockcore.DaemonID
	ended    bool
	gone     []lockcore.Token
}

func (p peerFile) name() string {
	return filepath.Join(lockcore.PeersName, p.host+"-"+p.id[:8]+".json")
}

func (p peerFile) encode(t *testing.T) []byte {
	file := map[string]any{"schema": 1, "machine": p.id, "host": p.host, "lockbar": "0.3.0", "at": time.Now().UTC(), "watching": !p.ended,
		"daemon": nil, "gone": p.gone}
	if p.gone == nil {
		file["gone"] = []string{}
	}
	if p.daemon.PID != 0 {
		file["daemon"] = p.daemon
	}
	data, err := json.Marshal(file)
	testfs.Check(t, err)
	return data
}

// writePeer writes the file of a machine.
func (w *world) writePeer(p peerFile) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Join(w.dir, lockcore.PeersName), 0o700); err != nil {
		w.t.Fatal(err)
	}
	w.write(p.name(), p.encode(w.t))
}

func (w *world) hosts() report.Hosts {
	w.t.Helper()
	return decode[report.Hosts](w.t, w.here("hosts", "--json").want(w.t, 0).out)
}

func startedAt(age time.Duration) string { return time.Now().Add(-age).UTC().Format(time.RFC3339) }

func (w *world) peers() string { return filepath.Join(w.dir, lockcore.PeersName) }

// hostileFiles returns functions that plant files in .lockbar, or in its place. All these files must be ignored.
func hostileFiles(t *testing.T) map[string]func(w *world) error {
	in := func(name string, data []byte) func(w *world) error {
		return func(w *world) error { return os.WriteFile(filepath.Join(w.peers(), name), data, 0o600) }
	}
	file := peerFile{host: "mac-b", id: idB, daemon: lockcore.DaemonID{PID: 4242, StartedAt: "x"}}
	valid := string(file.encode(t))
	return map[string]func(w *world) error{
		"garbage":             in("mac-b-bbbbbbbb.json", []byte("\x00\xff{")),
		"an unknown schema":   in("mac-b-bbbbbbbb.json", []byte(strings.Replace(valid, `"schema":1`, `"schema":2`, 1))),
		"another's name":      in("mac-b-cccccccc.json", []byte(valid)),
		"a copy by iCloud":    in("mac-b-bbbbbbbb 2.json", []byte(valid)),
		"a copy by Dropbox":   in("mac-b-bbbbbbbb (mac-c's conflicted copy 2026-11-27).json", []byte(valid)),
		"a copy by Syncthing": in("mac-b-bbbbbbbb.sync-conflict-20261127-140000-ABCDEFG.json", []byte(valid)),
		"100 MB": func(w *world) error {
			name := filepath.Join(w.peers(), "mac-b-bbbbbbbb.json")
			if err := os.WriteFile(name, []byte(valid), 0o600); err != nil {
				return err
			}
			return os.Truncate(name, 100<<20)
		},
		"a directory": func(w *world) error { return os.Mkdir(filepath.Join(w.peers(), "mac-b-bbbbbbbb.json"), 0o700) },
		"many files": func(w *world) error {
			for i := range testfs.Rounds(500, 5000) {
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

// TestHostileFilesAreIgnored checks that an odd file in place of a peer's file, or of .lockbar, changes no line of status, and does not
// delay it.
func TestHostileFilesAreIgnored(t *testing.T) {
	checkIgnored(t, hostileFiles(t))
}

// checkIgnored makes each of the files in a store, and compares the status before and after.
func checkIgnored(t *testing.T, files map[string]func(*world) error) {
	t.Helper()
	locks := []lockcore.Record{foreign()} // a peer's report could change the state of this lock
	if testfs.Long() {
		locks = append(locks, lockcore.Record{}, record(ourHost, deadPID(t)))
	}
	for _, lock := range locks {
		w := newWorld(t)
		w.extra = []string{"LOCKBAR_MACHINE_ID=" + idA}
		if !lock.IsZero() {
			w.writeLock(lock)
		}
		before := w.statusWithoutAge()
		for name, plant := range files {
			t.Run(name, func(t *testing.T) {
				its := *w
				its.t = t
				its.checkIgnored(before, plant)
			})
		}
	}
}

func (w *world) checkIgnored(before result, plant func(*world) error) {
	if err := os.Mkdir(w.peers(), 0o700); err != nil {
		w.t.Fatal(err)
	}
	defer os.RemoveAll(w.peers())
	if err := plant(w); err != nil {
		w.t.Skip(err)
	}
	begun := time.Now()
	after := w.statusWithoutAge()
	if time.Since(begun) > lockcore.ReadTimeout { // the deadline of a look
		w.t.Errorf("status took %v", time.Since(begun))
	}
	if after != before {
		w.t.Errorf("before %+v\nafter  %+v", before, after)
	}
	if list := w.hosts().Hosts; len(list) != 0 {
		w.t.Errorf("the file is read as a peer's: %+v", list)
	}
}

// young matches the age of a lock in this test. Making the many files may take seconds.
var young = regexp.MustCompile(`\((just now|\d+ (s|min))\)`)

// statusWithoutAge returns the status with a placeholder for the age of the lock.
func (w *world) statusWithoutAge() result {
	w.t.Helper()
	status := w.here("status", "--exit-code")
	status.out = young.ReplaceAllString(status.out, "(young)")
	return status
}
