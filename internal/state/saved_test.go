package state_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
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

// TestSavedReadsBack, all of it, and no other user may read it.
func TestSavedReadsBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	want := state.Saved{Schema: 1, Machine: machine.ID(), Names: []string{"mac-a"}, Holders: state.Holders{}.With(store, ours()),
		Looks: looked(store, 0), Told: json.RawMessage(`{"version":1}`)}
	if err := state.Update(dir, func(s *state.Saved) { *s = want }); err != nil {
		t.Fatal(err)
	}
	got, err := state.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
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

// TestUnchangedIsNotWritten: what is on disk already costs no write.
func TestUnchangedIsNotWritten(t *testing.T) {
	dir, h := t.TempDir(), state.Holders{}.With(store, ours())
	path := filepath.Join(dir, "state.json")
	for range 2 {
		if err := put(dir, h); err != nil {
			t.Fatal(err)
		}
		old := start.Add(-time.Hour)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := state.Update(dir, func(s *state.Saved) { s.Told = json.RawMessage(`{"a":1}`) }); err != nil {
		t.Fatal(err)
	}
	written, err := os.Stat(path)
	if err != nil || written.ModTime().Before(start) {
		t.Errorf("%v, %v", written.ModTime(), err)
	}
	old := start.Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	if err := state.Update(dir, func(s *state.Saved) { s.Hold(h); s.Told = json.RawMessage(`{"a":1}`) }); err != nil {
		t.Fatal(err)
	}
	if written, err := os.Stat(path); err != nil || !written.ModTime().Equal(old) {
		t.Errorf("written again: %v, %v", written.ModTime(), err)
	}
}

// TestWritersKeepToTheirParts: the tray app and lockbar watch write one file, and neither loses what the other wrote.
func TestWritersKeepToTheirParts(t *testing.T) {
	dir, m := t.TempDir(), ours()
	done := make(chan error)
	const rounds = 20
	go func() {
		for i := range rounds {
			m.StartedAt = fmt.Sprint(i)
			if err := whenFree(func() error { return put(dir, state.Holders{}.With("/watched", m)) }); err != nil {
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
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	s, err := state.Read(dir)
	if last := fmt.Sprint(rounds - 1); err != nil || s.Holders["/watched"].StartedAt != last || !strings.Contains(string(s.Told), last) {
		t.Errorf("%+v, %s, %v", s.Holders, s.Told, err)
	}
}

// whenFree writes as soon as no other writer keeps it waiting: on a slow disk those of a test hardly leave each other a gap.
func whenFree(write func() error) error {
	for {
		if err := write(); !errors.Is(err, fsx.ErrLocked) {
			return err
		}
	}
}

// TestWriterThatHangs does not make the others wait for ever.
func TestWriterThatHangs(t *testing.T) {
	dir := t.TempDir()
	lock, err := fsx.OpenLock(filepath.Join(dir, "state.json.guard"))
	if err != nil {
		t.Fatal(err)
	}
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
		s.Note(looked(tried, time.Duration(i)*time.Minute))
	}
	s.Note(looked("/tried/0", 0))
	_, newest := s.Looks["/tried/79"]
	_, old := s.Looks["/tried/1"]
	if _, ours := s.Looks["/tried/0"]; len(s.Looks) != 64 || !ours || !newest || old {
		t.Errorf("%d stores are kept", len(s.Looks))
	}
}

// TestUnreadableIsPutAside, whatever it is and whatever was put aside before, and all begins anew.
func TestUnreadableIsPutAside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	text := func(text string) func() error { return func() error { return os.WriteFile(path, []byte(text), 0o600) } }
	makeDir := func() error { return os.MkdirAll(filepath.Join(path, "with", "content"), 0o700) }
	for i, spoil := range []func() error{
		text("{,"), makeDir, text(`{"schema":0}`), text("[]"), makeDir, makeDir, text(""),
	} {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		wantPutAside(t, dir, fmt.Sprint(i))
	}
	if aside, err := filepath.Glob(path + "*.bad"); err != nil || len(aside) < 2 {
		t.Errorf("%q, %v", aside, err)
	}
}

func TestLinkInACircleIsPutAside(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("state.json", filepath.Join(dir, "state.json")); err != nil {
		t.Skip(err) // Windows wants a privilege
	}
	wantPutAside(t, dir, "a circle")
}

// wantPutAside wants that the file of dir cannot be read, that this is said, and that all begins anew.
func wantPutAside(t *testing.T, dir, name string) {
	t.Helper()
	path := filepath.Join(dir, "state.json")
	if s, err := state.Read(dir); err == nil || !strings.Contains(err.Error(), path) || s.Holders != nil {
		t.Errorf("%s: %+v, %v", name, s, err)
	}
	if err := put(dir, state.Holders{}.With(store, ours())); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("%s: it is not said: %v", name, err)
	}
	if h, err := held(dir); err != nil || len(h) != 1 {
		t.Errorf("%s: after that: %v, %v", name, h, err)
	}
}

// TestOfALaterVersion: it may run beside this one, which neither reads nor writes what it does not know.
func TestOfALaterVersion(t *testing.T) {
	dir := t.TempDir()
	path, later := filepath.Join(dir, "state.json"), `{"schema":2,"names":7,"holders":[]}`
	writeBefore(t, dir, map[string]string{"state.json": later})
	_, err := state.Read(dir)
	for _, err := range []error{err, put(dir, state.Holders{}.With(store, ours()))} {
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Error(err)
		}
	}
	data, err := os.ReadFile(path)
	if left, _ := filepath.Glob(path + "*bad"); err != nil || string(data) != later || len(left) > 0 {
		t.Errorf("%s, %v, %q", data, err, left)
	}
}

// TestWithoutALock: what stands in the place of the lock costs nothing that is remembered.
func TestWithoutALock(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "state.json.guard"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := put(dir, state.Holders{}.With(store, ours())); err == nil || !strings.Contains(err.Error(), "state.json.guard") {
		t.Errorf("it is not said: %v", err)
	}
	if h, err := held(dir); err != nil || len(h) != 1 {
		t.Errorf("%v, %v", h, err)
	}
}

// TestEarlierVersionThatStillRuns: what it has written since counts, part by part, and is taken over.
func TestEarlierVersionThatStillRuns(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	write := func(name, text string, at time.Time) {
		t.Helper()
		writeBefore(t, dir, map[string]string{name: text})
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	write("state.json", fmt.Sprintf(`{"schema":1,"machine":%q,"holders":{"/a":{"pid":1,"boot":"2026-11-20T08:00:00Z"},"/b":{"pid":2,"boot":"2026-11-20T08:00:00Z"}},"told":{"n":1}}`,
		machine.ID()), now)
	write("holders.json", `{"/b":{"pid":3,"boot":"2026-11-20T08:00:00Z"}}`, now.Add(time.Minute))
	write("told.json", toldBefore, now.Add(-time.Minute))
	for range 2 {
		s, err := state.Read(dir)
		if err != nil || s.Holders["/a"].PID != 1 || s.Holders["/b"].PID != 3 || !strings.Contains(string(s.Told), `"n"`) {
			t.Errorf("%+v, %v", s, err)
		}
		if err := state.Update(dir, func(*state.Saved) {}); err != nil {
			t.Error(err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*d*.json")); err != nil || len(left) > 0 {
		t.Errorf("left are %q, %v", left, err)
	}
}

// TestOneBadPart costs itself alone, and is said and put aside.
func TestOneBadPart(t *testing.T) {
	good := map[string]string{"names": `["mac-a"]`, "holders": `{"/store":{"pid":7,"boot":"2026-11-20T08:00:00Z"}`,
		"looks": `{"/store":{"look":{"checked_at":"2026-11-22T14:02:00Z"}}`, "told": `{"n":1}`}
	for name, bad := range map[string]string{"names": `"mac-a"`, "holders": `{"/bad":{"pid":"1"}`, "looks": `{"/bad":{"look":{"state":"odd"}}`} {
		text := fmt.Sprintf(`{"schema":1,"machine":%q`, machine.ID())
		for part, value := range good {
			switch {
			case part == name && part == "names":
				value = bad
			case part == name:
				value = bad + "," + strings.TrimPrefix(value, "{") + "}"
			case part == "holders", part == "looks":
				value += "}"
			}
			text += fmt.Sprintf(",%q:%s", part, value)
		}
		dir := t.TempDir()
		writeBefore(t, dir, map[string]string{"state.json": text + "}"})
		check := func(said bool) {
			t.Helper()
			s, err := state.Read(dir)
			if (err != nil) != said || (len(s.Names) == 1) != (name != "names") || s.Holders[store].PID != 7 || len(s.Holders) != 1 || len(s.Looks) != 1 ||
				!strings.Contains(string(s.Told), `"n"`) {
				t.Errorf("%s: %v, %+v", name, err, s)
			}
		}
		check(true)
		if err := state.Update(dir, func(*state.Saved) {}); err == nil {
			t.Errorf("%s: it is not said", name)
		}
		check(false)
		if _, err := os.Stat(filepath.Join(dir, "state.json.bad")); err != nil {
			t.Error(err)
		}
	}
}

// The files of the version before, with every field that it wrote.
const (
	toldBefore = `{
 "version": 1,
 "stores": {"/store": {
  "look": {"store":"/store","lock":"/store/.locked","state":"contested","reason":"conflict-copy","detail":"a sentence",
   "record":{"pid":4242,"hostname":"mac-mini","started_at":"2026-11-22T09:14:00+00:00","schema_version":1},"token":"sha256:a","host":"mac-a",
   "process":{"alive":true,"command":"python3","started_at":"2026-11-22T09:13:00.000Z"},
   "conflicts":[{"path":"/store/.locked 2","record":{"pid":7,"hostname":"mac-b","started_at":"x","schema_version":1}}],"more_conflicts":3,
   "checked_at":"2026-11-22T14:02:00.000Z"},
  "lock": {"pid":4242,"hostname":"mac-mini","started_at":"2026-11-22T09:14:00+00:00","schema_version":1},
  "told": {"takeover":{"kind":"takeover","record":{"pid":4242,"hostname":"mac-mini","started_at":"x","schema_version":1}}},
  "over": {"takeover":"2026-11-22T14:02:00Z"},
  "stale": {"record":{"pid":1,"hostname":"a","started_at":"x","schema_version":1},"due":"2026-11-22T14:02:00Z"},
  "takeovers": ["2026-11-22T14:02:00Z"], "calm": "2026-11-22T14:12:00Z"}},
 "missed": [{"kind":"takeover","store":"/store","sentence":"s","at":"2026-11-22T14:02:00Z","message":{"Title":"t"}}],
 "gather": "2026-11-22T14:02:03Z",
 "outbox": [{"id":3,"message":{"Title":"t"},"written":"2026-11-22T14:02:00Z","tries":1,"due":"2026-11-22T14:03:00Z"}]
}`
	holdersBefore = `{"/store":{"pid":7,"start_id":9,"started_at":"x","gone_since":"2026-11-22T14:02:00Z","boot":"2026-11-20T08:00:00Z","boot_id":"b"}}`
)

// ofStore is a JSON text whose "/store" is the store of the tests, which has a volume on Windows.
func ofStore(text string) string {
	return strings.ReplaceAll(text, `"/store`, strings.TrimSuffix(strconv.Quote(store), `"`))
}

// writeBefore writes files of earlier versions.
func writeBefore(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(ofStore(text)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFilesOfTheVersionBefore(t *testing.T) {
	dir := t.TempDir()
	writeBefore(t, dir, map[string]string{"told.json": toldBefore, "holders.json": holdersBefore, "holders.json.guard": "",
		"hostnames.json": `{"version":2,"machine":"` + machine.ID() + `","names":["mac-a","mac-a.lan"]}`})
	check := func(when string) {
		t.Helper()
		s, err := state.Read(dir)
		if err != nil {
			t.Fatal(when, err)
		}
		if !slices.Equal(s.Names, []string{"mac-a", "mac-a.lan"}) {
			t.Errorf("%s: names %q", when, s.Names)
		}
		at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC) }
		if want := (state.Holders{store: {PID: 7, StartID: 9, StartedAt: "x", GoneSince: at(22, 14, 2), Boot: at(20, 8, 0), BootID: "b"}}); !s.Holders.Equal(want) {
			t.Errorf("%s: %+v", when, s.Holders)
		}
		seen := s.Looks[store]
		mini := lockcore.Record{PID: 4242, Hostname: "mac-mini", StartedAt: "2026-11-22T09:14:00+00:00", SchemaVersion: "1"}
		last := seen.Look.Snapshot()
		if !seen.At().Equal(at(22, 14, 2)) || seen.Lock != mini || last.Record != mini || last.Reason != lockcore.ConflictCopy || last.Token != "sha256:a" ||
			last.Host != "mac-a" || last.Holder.Command != "python3" || len(last.Conflicts.List()) != 1 || last.MoreCopies != 3 {
			t.Errorf("%s: %+v", when, seen)
		}
		var told, want any
		if json.Unmarshal(s.Told, &told) != nil || json.Unmarshal([]byte(ofStore(toldBefore)), &want) != nil || !reflect.DeepEqual(told, want) {
			t.Errorf("%s: told %s", when, s.Told)
		}
	}
	check("only read")
	if _, err := os.Stat(filepath.Join(dir, "state.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a reader has written: %v", err)
	}
	if err := state.Update(dir, func(*state.Saved) {}); err != nil {
		t.Fatal(err)
	}
	check("taken over")
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("%v, %v", left, err)
	}
}

// TestUnreadableFilesOfTheVersionBefore cost what they had, and no more.
func TestUnreadableFilesOfTheVersionBefore(t *testing.T) {
	for _, bad := range []struct{ name, text string }{
		{"told.json", "{"}, {"told.json", `{"version":2}`}, {"holders.json", "[]"}, {"hostnames.json", `{"names":1}`},
	} {
		dir := t.TempDir()
		files := map[string]string{"told.json": toldBefore, "holders.json": holdersBefore}
		files[bad.name] = bad.text
		writeBefore(t, dir, files)
		path := filepath.Join(dir, bad.name)
		if err := state.Update(dir, func(*state.Saved) {}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", bad.name, err)
		}
		s, err := state.Read(dir)
		if err != nil || (s.Told != nil) != (bad.name != "told.json") || (s.Holders != nil) != (bad.name != "holders.json") {
			t.Errorf("%s: %+v, %v", bad.name, s, err)
		}
		if data, err := os.ReadFile(path + ".bad"); err != nil || string(data) != bad.text {
			t.Errorf("%s is not put aside: %q, %v", bad.name, data, err)
		}
	}
}

// TestNamesOfNobody: the version before the last did not say whose names they are, and a shared directory may have another machine's.
func TestNamesOfNobody(t *testing.T) {
	for _, text := range []string{`{"version":1,"names":["mac-a"]}`, `{"version":2,"machine":"another","names":["mac-a"]}`} {
		dir := t.TempDir()
		writeBefore(t, dir, map[string]string{"hostnames.json": text})
		if s, err := state.Read(dir); s.Names != nil || err != nil {
			t.Errorf("%s: %q, %v", text, s.Names, err)
		}
	}
}

// TestHostileLookIsKeptShort, and the same look compares as the same after it was read.
func TestHostileLookIsKeptShort(t *testing.T) {
	long := strings.Repeat("h", 60<<10)
	r := lockcore.Record{PID: 7, Hostname: long, StartedAt: long, SchemaVersion: "1"}
	var copies []lockcore.Conflict
	for i := range 64 {
		other := lockcore.Record{PID: i, Hostname: long[:1<<10], StartedAt: long[:1<<10], SchemaVersion: "1"}
		copies = append(copies, lockcore.Conflict{Path: fmt.Sprintf("/store/.locked %02d", i), Record: other, Superseded: i%2 == 0})
	}
	look := lockcore.Snapshot{Store: store, State: lockcore.Contested, Reason: lockcore.ConflictCopy, Record: r, Token: "sha256:a", Conflicts: lockcore.NewConflicts(copies)}
	dir := t.TempDir()
	if err := state.Update(dir, func(s *state.Saved) { s.Note(state.Looks{}.With(store, look, r, start)) }); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "state.json")); err != nil || info.Size() > 32<<10 {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
	s, err := state.Read(dir)
	if err != nil || !s.Looks[store].Look.Snapshot().Same(report.Kept(look)) || s.Looks[store].Lock != report.Kept(look).Record {
		t.Errorf("%v, %+v", err, s.Looks)
	}
}
