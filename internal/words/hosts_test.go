package words

import (
	"strings"
	"testing"
	"time"

	"lockbar/lockcore"
)

// heardBefore is a machine whose Lockbar watches, and whose daemon ran, heard so long ago.
func heardBefore(age time.Duration, change ...func(*lockcore.Peer)) lockcore.Peer {
	p := lockcore.Peer{Heard: noon.Add(-age), Alive: age < lockcore.AliveTime, Announcement: lockcore.Announcement{
		Machine: "bbbbbbbbbbbbbbbb", Host: "mac-mini.local", Version: "0.3.0", Watching: true,
		Daemon: lockcore.DaemonID{PID: 4242, StartedAt: noon.Add(-4 * time.Hour).Format(time.RFC3339)}}}
	for _, f := range change {
		f(&p)
	}
	return p
}

func silent(p *lockcore.Peer) { p.Silent, p.Alive = true, false }
func own(p *lockcore.Peer)    { p.Own, p.Alive = true, false }
func ended(p *lockcore.Peer)  { p.Watching = false }
func rival(p *lockcore.Peer)  { p.Rival, p.Alive = true, true }
func idle(p *lockcore.Peer)   { p.Daemon, p.Alive = lockcore.DaemonID{}, false }

func TestHeard(t *testing.T) {
	for _, test := range []struct {
		name string
		p    lockcore.Peer
		want string
	}{
		{"runs", heardBefore(2 * time.Minute), "its daemon (PID 4242) runs, heard 2 min ago"},
		{"runs, this moment", heardBefore(0), "its daemon (PID 4242) runs, heard just now"},
		{"the clock was set back", heardBefore(-time.Minute), "its daemon (PID 4242) runs, heard just now"},
		{"an old word", heardBefore(40 * time.Minute), "its daemon (PID 4242) ran when last heard, 40 min ago"},
		{"an old word of a rival", heardBefore(40*time.Minute, rival), "its daemon (PID 4242) ran when last heard, 40 min ago, and its end was not told"},
		{"its Lockbar ended", heardBefore(2*time.Minute, ended), "its Lockbar has ended; its daemon (PID 4242) ran when last heard, 2 min ago"},
		{"its Lockbar ended long ago", heardBefore(3*time.Hour, ended), "its Lockbar has ended; its daemon (PID 4242) ran when last heard, 3 h ago"},
		{"no daemon", heardBefore(3*time.Hour, idle), "no daemon runs there, heard 3 h ago"},
		{"no daemon, its Lockbar ended", heardBefore(3*time.Hour, idle, ended), "its Lockbar has ended; no daemon ran there when last heard, 3 h ago"},
		{"its file is gone", heardBefore(3*time.Hour, silent), "its file is gone; it was last heard 3 h ago"},
		{"its file is gone, no daemon", heardBefore(3*time.Hour, idle, ended, silent), "its file is gone; it was last heard 3 h ago"},
		{"this machine", heardBefore(2*time.Minute, own), "its daemon (PID 4242) ran when it last wrote, 2 min ago"},
		{"this machine, no daemon", heardBefore(2*time.Minute, own, idle), "no daemon ran there when it last wrote, 2 min ago"},
		{"this machine, its Lockbar ended", heardBefore(2*time.Minute, own, idle, ended), "its Lockbar has ended; no daemon ran there when it last wrote, 2 min ago"},
	} {
		if got := Heard(&test.p, noon); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestPeer(t *testing.T) {
	since := noon.Add(-4 * time.Hour).Format("15:04")
	for want, p := range map[string]lockcore.Peer{
		"id bbbbbbbb, Lockbar 0.3.0, daemon since " + since + " (4 h)": heardBefore(time.Minute),
		"id bbbbbbbb, Lockbar 0.3.0":                                   heardBefore(time.Minute, idle),
		Machine() + ", id bbbbbbbb, Lockbar 0.3.0":                     heardBefore(time.Hour, own, idle, ended),
		"id bbbbbbbb, Lockbar evil [2J, daemon since an unknown time": heardBefore(time.Hour, func(p *lockcore.Peer) {
			p.Daemon.StartedAt, p.Version = "\x1b[2J", "evil\x1b[2J"
		}),
	} {
		if got := Peer(&p, noon); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	gone := heardBefore(time.Hour, silent)
	if got := Peer(&gone, noon); got != "id bbbbbbbb, Lockbar 0.3.0" {
		t.Errorf("silent: %q", got)
	}
}

// TestOthers leaves out this machine, and those whose file is gone.
func TestOthers(t *testing.T) {
	list := lockcore.NewPeers([]lockcore.Peer{heardBefore(0, own), heardBefore(0, silent), heardBefore(3*time.Hour, idle)})
	got := Others(list, noon)
	if want := "mac-mini (bbbbbbbb): no daemon runs there, heard 3 h ago"; len(got) != 1 || got[0] != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Others(lockcore.Peers{}, noon); got != nil {
		t.Errorf("of nobody: %q", got)
	}
}

func TestPeerIsNamed(t *testing.T) {
	p := heardBefore(0)
	if PeerHost(&p) != "mac-mini" || PeerID(&p) != "bbbbbbbb" {
		t.Errorf("%q, %q", PeerHost(&p), PeerID(&p))
	}
	p.Host, p.Machine = "evil\x1b[31m\nname", "\x07"
	if got := PeerHost(&p) + PeerID(&p); strings.ContainsAny(got, "\x1b\n\x07") {
		t.Errorf("%q", got)
	}
}

func TestNameApart(t *testing.T) {
	for goos, want := range map[string]string{"darwin": "scutil", "linux": "hostnamectl", "windows": "Rename"} {
		if got := NameApart(goos); !strings.Contains(got, want) {
			t.Errorf("%s: %q", goos, got)
		}
	}
}
