package state_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/lockcore"
)

func looked(store string, at time.Duration) state.Looks {
	r := lockcore.Record{PID: 7, Hostname: "mac-mini", StartedAt: "then", SchemaVersion: "1"}
	return state.Looks{}.With(store, lockcore.Snapshot{Store: store, State: lockcore.HeldElsewhere, Token: "sha256:a", Record: r}, r, start.Add(at))
}

// TestSavedReadsBack checks that all parts are read back, that no other user may read the file (on Windows its directory decides that),
// and that without a directory nothing is read.
func TestSavedReadsBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	want := state.Saved{Schema: 1, Machine: machine.ID(), Names: []string{"mac-a"}, SharedID: idA, Holders: state.Holders{}.WithStore(store, ours()),
		Looks: looked(store, 0), Told: json.RawMessage(`{"version":1}`)}
	ok(t, state.Update(dir, func(s *state.Saved) { *s = want }))
	got, err := state.Read(dir)
	ok(t, err)
	var told struct{ Version int }
	if err := json.Unmarshal(got.Told, &told); err != nil || told.Version != 1 {
		t.Errorf("told %s, %v", got.Told, err)
	}
	if got.Told = want.Told; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	info, err := os.Stat(filepath.Join(dir, "state.json"))
	if err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if seen := got.Looks.Of([]*lockcore.Store{open(t, store)})[store]; !seen.At().Equal(start) || seen.Look.Snapshot().Token != "sha256:a" {
		t.Errorf("%+v", seen)
	}
	if got, err := state.Read(""); err != nil || got.Holders != nil {
		t.Errorf("without a directory: %+v, %v", got, err)
	}
}

// TestUnchangedIsNotWritten checks that Update writes only a state that has changed.
func TestUnchangedIsNotWritten(t *testing.T) {
	dir, h := t.TempDir(), state.Holders{}.WithStore(store, ours())
	path, old := filepath.Join(dir, "state.json"), start.Add(-time.Hour)
	for i, c := range []struct {
		told    string
		written bool
	}{{`{"a":1}`, true}, {`{"a":1}`, false}, {`{"a":2}`, true}} {
		ok(t, state.Update(dir, func(s *state.Saved) { s.SetHolders(h); s.Told = json.RawMessage(c.told) }))
		info, err := os.Stat(path)
		ok(t, err)
		if written := !info.ModTime().Equal(old); written != c.written {
			t.Errorf("update %d: written %t", i, written)
		}
		ok(t, os.Chtimes(path, old, old))
	}
}

// TestWritersKeepToTheirParts checks that the tray app and lockbar watch keep each other's part of the file that both write.
func TestWritersKeepToTheirParts(t *testing.T) {
	t.Parallel()
	dir, m := t.TempDir(), ours()
	done := make(chan error)
	const rounds = 20
	go func() {
		for i := range rounds {
			m.StartedAt = fmt.Sprint(i)
			if err := whenFree(func() error { return put(dir, state.Holders{}.WithStore("/watched", m)) }); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for i := range rounds {
		if err := whenFree(func() error {
			return state.Update(dir, func(s *state.Saved) { s.Told = json.RawMessage(fmt.Sprintf(`{"n":%d}`, i)) })
		}); err != nil {
			t.Fatal(err)
		}
	}
	ok(t, <-done)
	s, err := state.Read(dir)
	if last := fmt.Sprint(rounds - 1); err != nil || s.Holders["/watched"].StartedAt != last || !strings.Contains(string(s.Told), last) {
		t.Errorf("%+v, %s, %v", s.Holders, s.Told, err)
	}
}

// whenFree retries a write until no other writer has the lock: on a slow disk the writers of a test leave hardly a gap.
func whenFree(write func() error) error {
	for {
		if err := write(); !errors.Is(err, fsx.ErrLocked) {
			return err
		}
	}
}

// TestWriterThatHangs checks that a writer does not wait for ever for another one that hangs.
func TestWriterThatHangs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lock, err := fsx.OpenLock(filepath.Join(dir, "state.json.guard"))
	ok(t, err)
	defer lock.Close()
	if err := fsx.TryLock(lock); errors.Is(err, fsx.ErrNoLocks) {
		t.Skip(err)
	}
	if err := state.Update(dir, func(*state.Saved) {}); !errors.Is(err, fsx.ErrLocked) {
		t.Error(err)
	}
}

func TestLooksDoNotPileUp(t *testing.T) {
	var s state.Saved
	for i := range 80 {
		tried := fmt.Sprint("/tried/", i)
		s.SetLooks(looked(tried, time.Duration(i)*time.Minute))
	}
	s.SetLooks(looked("/tried/0", 0))
	_, newest := s.Looks["/tried/79"]
	_, old := s.Looks["/tried/1"]
	if _, ours := s.Looks["/tried/0"]; len(s.Looks) != 64 || !ours || !newest || old {
		t.Errorf("%d stores are kept", len(s.Looks))
	}
}

// TestUnusableIsSetAside checks that an unusable file, of any kind, is set aside and replaced, whatever was set aside before.
func TestUnusableIsSetAside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	text := func(text string) func() error { return func() error { return os.WriteFile(path, []byte(text), 0o600) } }
	makeDir := func() error { return os.MkdirAll(filepath.Join(path, "with", "content"), 0o700) }
	for i, spoil := range []func() error{
		text("{,"), makeDir, text(`{"schema":0}`), text("[]"), makeDir, makeDir, text(""),
	} {
		ok(t, os.RemoveAll(path))
		ok(t, spoil())
		wantSetAside(t, dir, fmt.Sprint(i))
	}
	if aside, err := filepath.Glob(path + "*.bad"); err != nil || len(aside) < 2 {
		t.Errorf("%q, %v", aside, err)
	}
}

func TestLinkInACircleIsSetAside(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("state.json", filepath.Join(dir, "state.json")); err != nil {
		t.Skip(err) // Windows requires a privilege
	}
	wantSetAside(t, dir, "a circle")
}

// wantSetAside checks that the file of dir is unusable, that this is reported, and that the next write replaces it.
func wantSetAside(t *testing.T, dir, name string) {
	t.Helper()
	path := filepath.Join(dir, "state.json")
	if s, err := state.Read(dir); err == nil || !strings.Contains(err.Error(), path) || s.Holders != nil {
		t.Errorf("%s: %+v, %v", name, s, err)
	}
	if err := put(dir, state.Holders{}.WithStore(store, ours())); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("%s: not reported: %v", name, err)
	}
	if h, err := held(dir); err != nil || len(h) != 1 {
		t.Errorf("%s: after that: %v, %v", name, h, err)
	}
}

// TestOfALaterVersion checks that the file of a later version, which may run beside this one, is neither read nor written.
func TestOfALaterVersion(t *testing.T) {
	dir := t.TempDir()
	path, later := filepath.Join(dir, "state.json"), `{"schema":2,"names":7,"holders":[]}`
	writeState(t, dir, later)
	_, err := state.Read(dir)
	for _, err := range []error{err, put(dir, state.Holders{}.WithStore(store, ours()))} {
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Error(err)
		}
	}
	data, err := os.ReadFile(path)
	if left, _ := filepath.Glob(path + "*bad"); err != nil || string(data) != later || len(left) > 0 {
		t.Errorf("%s, %v, %q", data, err, left)
	}
}

// TestWithoutALock checks that the state is written although something else has the name of the lock.
func TestWithoutALock(t *testing.T) {
	dir := t.TempDir()
	ok(t, os.Mkdir(filepath.Join(dir, "state.json.guard"), 0o700))
	if err := put(dir, state.Holders{}.WithStore(store, ours())); err == nil || !strings.Contains(err.Error(), "state.json.guard") {
		t.Errorf("not reported: %v", err)
	}
	if h, err := held(dir); err != nil || len(h) != 1 {
		t.Errorf("%v, %v", h, err)
	}
}

// TestOneBadPart checks that only the bad part is lost, that it is reported, and that the file is set aside.
func TestOneBadPart(t *testing.T) {
	const holder, look = `"/store":{"pid":7,"boot":"2026-11-20T08:00:00Z"}`, `"/store":{"look":{"checked_at":"2026-11-22T14:02:00Z"}}`
	good := map[string]string{"names": `["mac-a"]`, "holders": "{" + holder + "}", "looks": "{" + look + "}"}
	for name, bad := range map[string]string{
		"names": `"mac-a"`, "holders": `{"/bad":{"pid":"1"},` + holder + "}", "looks": `{"/bad":{"look":{"state":"odd"}},` + look + "}",
	} {
		parts := maps.Clone(good)
		parts[name] = bad
		dir := t.TempDir()
		writeState(t, dir, fmt.Sprintf(`{"schema":1,"machine":%q,"names":%s,"holders":%s,"looks":%s,"told":{"n":1}}`, machine.ID(),
			parts["names"], parts["holders"], parts["looks"]))
		check := func(reported bool) {
			t.Helper()
			s, err := state.Read(dir)
			if (err != nil) != reported || (len(s.Names) == 1) != (name != "names") || s.Holders[store].PID != 7 || len(s.Holders) != 1 || len(s.Looks) != 1 ||
				!strings.Contains(string(s.Told), `"n"`) {
				t.Errorf("%s: %v, %+v", name, err, s)
			}
		}
		check(true)
		if err := state.Update(dir, func(*state.Saved) {}); err == nil {
			t.Errorf("%s: not reported", name)
		}
		check(false)
		if _, err := os.Stat(filepath.Join(dir, "state.json.bad")); err != nil {
			t.Error(err)
		}
	}
}

// writeState writes text to the state file. It replaces "/store" in it with the store of the tests, which has a volume on Windows.
func writeState(t *testing.T, dir, text string) {
	t.Helper()
	text = strings.ReplaceAll(text, `"/store`, strings.TrimSuffix(strconv.Quote(store), `"`))
	ok(t, os.WriteFile(filepath.Join(dir, "state.json"), []byte(text), 0o600))
}

// TestHostileLookIsKeptShort checks that a look at a hostile store is saved in few bytes, and is read back as report.Kept returns it.
func TestHostileLookIsKeptShort(t *testing.T) {
	long := strings.Repeat("h", 60<<10)
	r := lockcore.Record{PID: 7, Hostname: long, StartedAt: long, SchemaVersion: "1"}
	var copies []lockcore.Conflict
	for i := range 64 {
		other := lockcore.Record{PID: i, Hostname: long[:256], StartedAt: long[:256], SchemaVersion: "1"}
		copies = append(copies, lockcore.Conflict{Path: fmt.Sprintf("/store/.locked %02d", i), Record: other, Superseded: i%2 == 0})
	}
	look := lockcore.Snapshot{Store: store, State: lockcore.Contested, Reason: lockcore.ConflictCopy, Record: r, Token: "sha256:a", Conflicts: lockcore.NewConflicts(copies)}
	dir := t.TempDir()
	ok(t, state.Update(dir, func(s *state.Saved) { s.SetLooks(state.Looks{}.With(store, look, r, start)) }))
	if info, err := os.Stat(filepath.Join(dir, "state.json")); err != nil || info.Size() > 32<<10 {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
	s, err := state.Read(dir)
	if err != nil || !s.Looks[store].Look.Snapshot().Same(report.Kept(look)) || s.Looks[store].Lock != report.Kept(look).Record {
		t.Errorf("%v, %+v", err, s.Looks)
	}
}
