package lockcore

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestPromisedNumbers checks the constants whose values README, SECURITY.md or the package comment states. Most other tests use the
// constants, and so would not notice a change.
func TestPromisedNumbers(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"backups of locks of a store", keptBackups, 50},
		{"backups of copies of a store", keptCopies, 1000},
		{"copies that are read", maxCopies, 64},
		{"bytes of a lock that are read", MaxSize, 64 << 10},
		{"bytes of a machine's file", maxPeerSize, 4 << 10},
		{"machines", maxPeers, 32},
		{"files of machines that are read", maxPeerFiles, 128},
		{"files of machines that are considered", maxPeerNames, 1000},
		{"locks that a machine reports as gone", MaxGone, 8},
		{"validity of a sign of life", AliveTime, 10 * time.Minute},
		{"time between two heartbeats", HeartbeatTime, 5 * time.Minute},
		{"validity of a request", askLifetime, time.Hour},
		{"time until a missing lock counts as lost", MissingAfter, 30 * time.Second},
		{"longest orderly shutdown", shutdownTime, 100 * time.Second},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

// TestAnnouncementIsPrivate checks that only the owner may read an announcement, and that it holds no more than SECURITY.md
// lists.
func TestAnnouncementIsPrivate(t *testing.T) {
	s, a := openStore(t), soundAnnouncement()
	a.Ask = Ask{otherID, a.Daemon, a.At}
	noError(t, s.Announce(a))
	dir := s.path(PeersName)
	path := filepath.Join(dir, namesIn(t, dir)[0])
	for _, name := range []string{dir, path} {
		if info, err := os.Lstat(name); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
			t.Errorf("%v, %v", info, err)
		}
	}
	data, err := os.ReadFile(path)
	noError(t, err)
	var file map[string]any
	noError(t, json.Unmarshal(data, &file))
	daemon := []string{"pid", "started_at"}
	wantKeys(t, file, "ask", "at", "daemon", "gone", "host", "lockbar", "machine", "schema", "watching")
	wantKeys(t, file["daemon"], daemon...)
	wantKeys(t, file["ask"], "at", "daemon", "machine")
	wantKeys(t, file["ask"].(map[string]any)["daemon"], daemon...)
}

func wantKeys(t *testing.T, object any, want ...string) {
	t.Helper()
	fields, _ := object.(map[string]any)
	if got := slices.Sorted(maps.Keys(fields)); !slices.Equal(got, want) {
		t.Errorf("the members are %q, want %q", got, want)
	}
}
