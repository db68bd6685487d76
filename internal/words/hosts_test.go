package words

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/lockcore"
)

// heardBefore returns a machine whose announcement of a running daemon has this age.
func heardBefore(age time.Duration, change ...func(*lockcore.Peer)) lockcore.Peer {
	p := lockcore.Peer{Heard: noon.Add(-age), Alive: age < lockcore.AliveTime, Announcement: lockcore.Announcement{
		Machine: "bbbbbbbbbbbbbbbb", Host: "mac-mini.local", Version: "0.3.0", Watching: true,
		Daemon: lockcore.DaemonID{PID: 4242, StartedAt: noon.Add(-4 * time.Hour).Format(time.RFC3339)}}}
	for _, f := range change {
		f(&p)
	}
	return p
}

func removed(p *lockcore.Peer) { p.Removed, p.Alive = true, false }
func own(p *lockcore.Peer)     { p.ThisMachine, p.Alive = true, false }
func ended(p *lockcore.Peer)   { p.Watching = false }
func rival(p *lockcore.Peer)   { p.Contesting, p.Alive = true, true }
func idle(p *lockcore.Peer)    { p.Daemon, p.Alive = lockcore.DaemonID{}, false }

func TestAnnounced(t *testing.T) {
	for _, test := range []struct {
		name string
		p    lockcore.Peer
		want string
	}{
		{"runs", heardBefore(2 * time.Minute), "its daemon (PID 4242) runs, heard 2 min ago"},
		{"runs, this moment", heardBefore(0), "its daemon (PID 4242) runs, heard just now"},
		{"the clock was set back", heardBefore(-time.Minute), "its daemon (PID 4242) runs, heard just now"},
		{"an old report", heardBefore(40 * time.Minute), "its daemon (PID 4242) ran when last heard, 40 min ago"},
		{"an old report of a rival", heardBefore(40*time.Minute, rival), "its daemon (PID 4242) ran when last heard, 40 min ago, and its end was not reported; if that computer is gone for good, delete its file in .lockbar"},
		{"its Lockbar ended", heardBefore(2*time.Minute, ended), "its Lockbar has ended; its daemon (PID 4242) ran when last heard, 2 min ago"},
		{"its Lockbar ended long ago", heardBefore(3*time.Hour, ended), "its Lockbar has ended; its daemon (PID 4242) ran when last heard, 3 h ago"},
		{"no daemon", heardBefore(3*time.Hour, idle), "no daemon is known to run there, heard 3 h ago"},
		{"no daemon, its Lockbar ended", heardBefore(3*time.Hour, idle, ended), "its Lockbar has ended; no daemon ran there when last heard, 3 h ago"},
		{"its file is gone", heardBefore(3*time.Hour, removed), "its file is gone; it was last heard 3 h ago"},
		{"its file is gone, no daemon", heardBefore(3*time.Hour, idle, ended, removed), "its file is gone; it was last heard 3 h ago"},
		{"this machine", heardBefore(2*time.Minute, own), "its daemon (PID 4242) ran when it last wrote, 2 min ago"},
		{"this machine, no daemon", heardBefore(2*time.Minute, own, idle), "no daemon ran here when it last wrote, 2 min ago"},
		{"this machine, its Lockbar ended", heardBefore(2*time.Minute, own, idle, ended), "its Lockbar has ended; no daemon ran here when it last wrote, 2 min ago"},
	} {
		if got := announced(&test.p, noon); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestHosts checks that this machine, and machines whose file is gone, are listed only if all is set.
func TestHosts(t *testing.T) {
	clock := func(d time.Duration) string { return noon.Add(-d).Format("15:04") }
	asks := func(p *lockcore.Peer) { p.Ask = lockcore.Ask{Machine: p.Machine} } // not said of a machine whose file is gone
	list := lockcore.NewPeers([]lockcore.Peer{heardBefore(0, own, idle), heardBefore(time.Hour, removed, asks), heardBefore(3 * time.Hour)})
	other := "mac-mini (bbbbbbbb): its daemon (PID 4242) ran when last heard, 3 h ago"
	if got := Hosts(list, noon, false); !slices.Equal(got, []string{other}) {
		t.Errorf("%q", got)
	}
	want := []string{
		"mac-mini (bbbbbbbb, " + Machine() + "): no daemon ran here when it last wrote, just now", "Lockbar 0.3.0, heard at " + clock(0),
		"mac-mini (bbbbbbbb): its file is gone; it was last heard 1 h ago", "Lockbar 0.3.0, heard at " + clock(time.Hour),
		other, "Lockbar 0.3.0, heard at " + clock(3*time.Hour) + ", daemon since " + clock(4*time.Hour) + " (4 h)",
	}
	if got := Hosts(list, noon, true); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := Hosts(lockcore.Peers{}, noon, true); got != nil {
		t.Errorf("without machines: %q", got)
	}
}

func TestHostsAreClean(t *testing.T) {
	p := heardBefore(0, func(p *lockcore.Peer) {
		p.Host, p.Machine, p.Version, p.Daemon.StartedAt = "evil\x1b[31m\nname", "\x07", "\u202e1", "\x1b[2J"
	})
	for _, line := range Hosts(lockcore.NewPeers([]lockcore.Peer{p}), noon, true) {
		if strings.ContainsAny(line, "\x1b\n\x07\u202e") {
			t.Errorf("%q", line)
		}
	}
}

func TestNameApart(t *testing.T) {
	for goos, want := range map[string]string{"darwin": "scutil", "linux": "hostnamectl", "windows": "Rename"} {
		if got := NameApart(goos); !strings.Contains(got, want) {
			t.Errorf("%s: %q", goos, got)
		}
	}
}
