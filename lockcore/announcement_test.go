package lockcore

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/internal/testfs"
)

// TestAtKeepsTheID checks that a store under another path has the id that SetMachineID gave.
func TestAtKeepsTheID(t *testing.T) {
	s := openStore(t)
	s.SetMachineID(otherID)
	at, err := s.At(s.Dir())
	noError(t, err)
	if id := at.MachineID(); id != otherID {
		t.Errorf("the id is %s, want %s", id, otherID)
	}
}

// soundAnnouncement returns a valid announcement, with these changes.
func soundAnnouncement(change ...func(*Announcement)) Announcement {
	a := Announcement{Machine: "0123456789abcdef", Host: "mac-mini", Version: "0.3.0", At: time.Date(2026, 11, 27, 14, 0, 0, 1, time.UTC), Watching: true,
		Daemon: DaemonID{4242, "2026-11-22T19:51:51.817216+00:00"}, Gone: [MaxGone]Token{tokenOf(nil), tokenOf([]byte("x"))}}
	for _, f := range change {
		f(&a)
	}
	return a
}

func TestAnnouncementIsReadAsWritten(t *testing.T) {
	longest := soundAnnouncement(func(a *Announcement) {
		a.Host, a.Version, a.Daemon.StartedAt = strings.Repeat("\x01", maxPeerText), strings.Repeat("é", maxPeerText/2), strings.Repeat("\"", maxPeerText)
		for i := range a.Gone {
			a.Gone[i] = tokenOf([]byte{byte(i)})
		}
	})
	for _, a := range []Announcement{soundAnnouncement(), longest, soundAnnouncement(func(a *Announcement) { a.Daemon, a.Gone, a.Watching = DaemonID{}, [MaxGone]Token{}, false })} {
		data := a.encode()
		got, err := parsePeer(data)
		if err != nil || got != a || len(data) > maxPeerSize {
			t.Errorf("%d bytes, %v: %+v, want %+v", len(data), err, got, a)
		}
	}
}

func TestMalformedAnnouncementIsIgnored(t *testing.T) {
	var sound map[string]any
	noError(t, json.Unmarshal(soundAnnouncement().encode(), &sound))
	with := func(key string, value any) []byte {
		other := map[string]any{}
		for k, v := range sound {
			other[k] = v
		}
		if other[key] = value; value == nil {
			delete(other, key)
		}
		data, err := json.Marshal(other)
		noError(t, err)
		return data
	}
	for _, c := range []struct {
		name string
		data []byte
		ok   bool
	}{
		{"a key of a later version", with("later", map[string]any{"machine": "x"}), true},
		{"a request", with("ask", map[string]any{"machine": soundAnnouncement().Machine, "daemon": soundAnnouncement().Daemon, "at": soundAnnouncement().At}), true},
		{"a request to nobody", with("ask", map[string]any{"machine": "x", "daemon": soundAnnouncement().Daemon, "at": soundAnnouncement().At}), false},
		{"a request for no daemon", with("ask", map[string]any{"machine": soundAnnouncement().Machine, "at": soundAnnouncement().At}), false},
		{"a request without a time", with("ask", map[string]any{"machine": soundAnnouncement().Machine, "daemon": soundAnnouncement().Daemon}), false},
		{"no daemon", with("daemon", nil), true},
		{"no token", with("gone", nil), true},
		{"another schema", with("schema", 2), false},
		{"no schema", with("schema", nil), false},
		{"no id", with("machine", nil), false},
		{"an id that is a path", with("machine", "../../etc/passwd"), false},
		{"no name", with("host", ""), false},
		{"a long name", with("host", strings.Repeat("x", maxPeerText+1)), false},
		{"no version", with("lockbar", nil), false},
		{"no time", with("at", nil), false},
		{"an invalid time", with("at", "yesterday"), false},
		{"a time beyond the year 9999 in UTC", with("at", "9999-12-31T23:59:59-12:00"), false},
		{"a time before the year 0 in UTC", with("at", "0000-01-01T00:00:00+01:00"), false},
		{"a request with such a time", with("ask", map[string]any{"machine": soundAnnouncement().Machine, "daemon": soundAnnouncement().Daemon, "at": "9999-12-31T23:59:59-12:00"}), false},
		{"no watching", with("watching", nil), false},
		{"a daemon without a PID", with("daemon", map[string]any{"started_at": "x"}), false},
		{"an invalid PID", with("daemon", map[string]any{"pid": 1 << 40, "started_at": "x"}), false},
		{"a daemon without a time", with("daemon", map[string]any{"pid": 1}), false},
		{"an invalid token", with("gone", []string{"sha256:x"}), false},
		{"too many tokens", with("gone", make([]string, MaxGone+1)), false},
		{"two objects", append(with("schema", 1), "{}"...), false},
		{"an empty file", nil, false},
	} {
		if _, err := parsePeer(c.data); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func FuzzPeer(f *testing.F) {
	f.Add(soundAnnouncement().encode())
	f.Add([]byte(`{"schema":1,"at":"2026-11-27T14:00:00+23:59"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := parsePeer(data)
		if err != nil {
			return
		}
		if again, err := parsePeer(a.encode()); err != nil || again != a {
			t.Errorf("%q is read as %+v, and again as %+v, %v", data, a, again, err)
		}
	})
}

func TestNamesOfPeerFiles(t *testing.T) {
	for name, want := range map[string]bool{
		"mac-mini-01234567.json": true, "x-01234567.json": true, "-01234567.json": false, ".mac-mini-01234567.json": false,
		"mac-mini-01234567.json.tmp": false, "mac-mini-01234567.sync-conflict-20261127-140000-ABCDEFG.json": false, "mac-mini-01234567 2.json": false,
	} {
		a := soundAnnouncement()
		if got := mayBePeer([]byte(name)) && strings.HasSuffix(name, peerName(a.Machine)); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, host := range []string{"mac-mini.local", "", "../..", "..", strings.Repeat("ä", 300), "a/b\\c:d\x00"} {
		name := peerPrefix(host) + peerName(soundAnnouncement().Machine)
		if !mayBePeer([]byte(name)) || strings.ContainsAny(name, "/\\:\x00") || len(name) > 100 {
			t.Errorf("%q becomes %q", host, name)
		}
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	testfs.Check(t, err)
}

func openStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.TempDir(), Options{Hostname: "here", Machine: "fedcba9876543210"})
	noError(t, err)
	return s
}

func namesIn(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// TestAnnounce checks that a machine keeps one file, under its first name, and removes what a killed Lockbar left.
func TestAnnounce(t *testing.T) {
	s := openStore(t)
	dir := s.path(PeersName)
	a := soundAnnouncement()
	noError(t, s.Announce(a))
	left := filepath.Join(dir, ".mac-mini-01234567.json.1234.tmp")
	other := filepath.Join(dir, "mac-mini-76543210.json")
	for _, path := range []string{left, other} {
		noError(t, os.WriteFile(path, nil, 0o600))
	}
	long := time.Now().Add(-2 * abandonedAfter)
	noError(t, os.Chtimes(left, long, long))
	a.Host, a.At = "mac-mini-2.local", a.At.Add(time.Second)
	noError(t, s.Announce(a))
	if got := namesIn(t, dir); len(got) != 2 || got[0] != "mac-mini-01234567.json" || got[1] != filepath.Base(other) {
		t.Errorf("the directory holds %q", got)
	}
	data, err := os.ReadFile(filepath.Join(dir, "mac-mini-01234567.json"))
	if err != nil || !bytes.Equal(data, a.encode()) {
		t.Errorf("%q, %v", data, err)
	}
	if err := s.Retract(a.Machine); err != nil || len(namesIn(t, dir)) != 1 {
		t.Errorf("%v, and the directory holds %q", err, namesIn(t, dir))
	}
	if err := errors.Join(os.Remove(other), s.Retract(a.Machine)); err != nil || len(namesIn(t, s.dir)) != 0 {
		t.Errorf("%v, and the store holds %q", err, namesIn(t, s.dir))
	}
}

// TestUnreadFileIsNotRemoved checks that a machine did not remove its file if the file is too large, is not a regular one, or is replaced by
// the placeholder of iCloud.
func TestUnreadFileIsNotRemoved(t *testing.T) {
	const name = "mac-mini-01234567.json"
	for what, put := range map[string]func(dir string) error{
		"too large": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, name), make([]byte, maxPeerSize+1), 0o600)
		},
		"a directory":   func(dir string) error { return os.Mkdir(filepath.Join(dir, name), 0o700) },
		"a placeholder": func(dir string) error { return os.WriteFile(filepath.Join(dir, "."+name+".icloud"), nil, 0o600) },
	} {
		s := openStore(t)
		dir := s.path(PeersName)
		noError(t, errors.Join(os.Mkdir(dir, 0o700), put(dir)))
		if files, others, all := readPeerFiles(s.dir); len(files) != 0 || !all || len(others) != 1 || filepath.Base(others[0]) != name {
			t.Errorf("%s: %v, %q, %v", what, files, others, all)
		}
	}
}

// TestPlaceholderOfOurFile checks that iCloud's placeholder of our file keeps its name, and is removed with it.
func TestPlaceholderOfOurFile(t *testing.T) {
	s := openStore(t)
	a := soundAnnouncement()
	noError(t, s.Announce(a))
	dir := s.path(PeersName)
	name := namesIn(t, dir)[0]
	noError(t, os.Rename(filepath.Join(dir, name), filepath.Join(dir, "."+name+".icloud")))
	a.Host = "renamed"
	noError(t, s.Announce(a))
	if got := namesIn(t, dir); len(got) != 2 || got[1] != name {
		t.Errorf("the directory holds %q", got)
	}
	if err := s.Retract(a.Machine); err != nil || len(namesIn(t, s.dir)) != 0 {
		t.Errorf("%v, and the store holds %q", err, namesIn(t, s.dir))
	}
}

// TestAnnounceStaysInTheStore checks that Announce writes nothing through a link, and creates no store.
func TestAnnounceStaysInTheStore(t *testing.T) {
	s := openStore(t)
	outside := t.TempDir()
	if err := os.Symlink(outside, s.path(PeersName)); err != nil {
		t.Skip("this system makes no links here: ", err)
	}
	if err := s.Announce(soundAnnouncement()); err == nil || len(namesIn(t, outside)) != 0 {
		t.Errorf("%v, and the target of the link holds %q", err, namesIn(t, outside))
	}
	if err := s.Retract(soundAnnouncement().Machine); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(s.path(PeersName)); err != nil {
		t.Error("Retract removed what is not Lockbar's:", err)
	}
	gone, err := Open(filepath.Join(t.TempDir(), "gone"), Options{})
	noError(t, err)
	if err := gone.Announce(soundAnnouncement()); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := os.Lstat(gone.dir); err == nil {
		t.Error("a store was created")
	}
}

// TestHostilePeers checks that files that are too large, a directory, a link to a device, and an announcement under another machine's name
// do not hide or replace the announcement of a machine, or block a look.
func TestHostilePeers(t *testing.T) {
	s := openStore(t)
	noError(t, s.Announce(soundAnnouncement()))
	dir := s.path(PeersName)
	for i := range maxPeers + 8 {
		name := filepath.Join(dir, strings.Repeat("x", i+1)+"-abcdef01.json")
		noError(t, os.WriteFile(name, bytes.Repeat([]byte("{"), maxPeerSize+1), 0o600))
	}
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "a-00000000.json"), 0o700), os.Truncate(filepath.Join(dir, "x-abcdef01.json"), 1<<40)); err != nil {
		t.Log(err) // not every file system supports files of that size
	}
	_ = os.Symlink("/dev/zero", filepath.Join(dir, "b-00000000.json")) // fails where links cannot be made
	lie := soundAnnouncement(func(a *Announcement) { a.Host = "liar" })
	noError(t, os.WriteFile(filepath.Join(dir, "liar-99999999.json"), lie.encode(), 0o600))
	got := s.Inspect(t.Context(), Memory{}).Peers.List()
	if len(got) != 1 || got[0].Announcement != soundAnnouncement() || !got[0].Alive {
		t.Errorf("%+v", got)
	}
}
