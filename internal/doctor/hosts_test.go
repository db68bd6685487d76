package doctor

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/machine"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

func peerOf(host, id string, own bool) lockcore.Peer {
	return lockcore.Peer{Heard: now, ThisMachine: own, Announcement: lockcore.Announcement{Machine: id, Host: host, Version: "1", Watching: true}}
}

func TestHosts(t *testing.T) {
	t.Setenv(machine.Variable, "aaaaaaaaaaaaaaaa")
	look := func(peers ...lockcore.Peer) *lockcore.Snapshot {
		return &lockcore.Snapshot{State: lockcore.Unlocked, Host: "mac-a", Peers: lockcore.NewPeers(peers)}
	}
	a, b, twin := peerOf("mac-a", "aaaaaaaaaaaaaaaa", true), peerOf("mac-b", "bbbbbbbbbbbbbbbb", false), peerOf("MAC-A.", "cccccccccccccccc", false)
	want(t, checkHosts(look(), nil, now), Pass, "No other computer's Lockbar")
	want(t, checkHosts(look(a), nil, now), Pass, "No other computer's Lockbar")
	want(t, checkHosts(look(b), nil, now), Pass, "Other computers: 1, and this one has no file there")
	made := a
	made.Machine = "dddddddddddddddd"
	want(t, checkHosts(look(made, b), nil, now), Pass, "an id that Lockbar made up (dddddddd)")
	want(t, checkHosts(look(a, b), nil, now), Pass, "this one has its file there as well. mac-b (bbbbbbbb): no daemon is known to run there, heard just now")
	want(t, checkHosts(look(a, b, twin), nil, now), Warn, "is called mac-a too")
	want(t, checkHosts(look(a, twin), nil, now), Warn, "another name: ")
	twin.Removed = true
	want(t, checkHosts(look(a, b, twin), nil, now), Pass, "Other computers: 1, ")
	want(t, checkHosts(look(), errors.New(".lockbar is a pipe"), now), Warn, ".lockbar is a pipe")
	unknown := checkHosts(&lockcore.Snapshot{State: lockcore.Unknown}, nil, now)
	want(t, unknown, Warn, "Not checked")
	if !unknown[0].Skipped {
		t.Error("a check that could not be made counts as a warning")
	}
}

func TestHostsProblem(t *testing.T) {
	store := t.TempDir()
	dir := filepath.Join(store, lockcore.PeersName)
	if err := HostsProblem(store); err != nil {
		t.Error("no directory:", err)
	}
	testfs.Check(t, os.Mkdir(dir, 0o700))
	if err := HostsProblem(store); err != nil {
		t.Error("an empty directory:", err)
	}
	testfs.Check(t, os.Chmod(dir, 0))
	if _, err := os.ReadDir(dir); err != nil { // root may still read it
		if err := HostsProblem(store); err == nil || strings.Contains(err.Error(), store) {
			t.Errorf("a closed directory: %v", err)
		}
	}
	for says, spoil := range map[string]func() error{
		"not a directory":  func() error { return os.WriteFile(dir, nil, 0o600) },
		"a link or a file": func() error { return os.Symlink(store, dir) },
	} {
		testfs.Check(t, os.Remove(dir))
		if err := spoil(); err != nil {
			t.Skip(err)
		}
		if err := HostsProblem(store); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("HostsProblem: %v, want %q", err, says)
		}
	}
}

func TestDetailsNameTheOthers(t *testing.T) {
	s := lockcore.Snapshot{State: lockcore.Unlocked, Peers: lockcore.NewPeers([]lockcore.Peer{
		peerOf("mac-b\x1b\nStore: /fake", "bbbbbbbbbbbbbbbb", false), peerOf("nas", "cccccccccccccccc", false)})}
	got := StoreDetails(s, watch.Health{}, noon)
	if strings.Count(got, "\nHosts: mac-b Store: /fake (bbbbbbbb): no daemon") != 1 || !strings.Contains(got, "; nas (cccccccc): ") || strings.Contains(got, "\x1b") {
		t.Errorf("wrong hosts in %q", got)
	}
	if got := StoreDetails(lockcore.Snapshot{}, watch.Health{}, noon); strings.Contains(got, "Hosts") {
		t.Errorf("hosts of nobody in %q", got)
	}
}
