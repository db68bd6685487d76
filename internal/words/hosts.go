package words

import (
	"strconv"
	"time"

	"lockbar/lockcore"
)

// shortID is how much of a machine's id tells it from another one of that name: as much as the name of its file has.
const shortID = 8

// Others says of each other machine that shares a store what it last said: "mac-mini (1a2b3c4d): no daemon runs there, heard 3 h ago".
// What a machine said whose file is gone is left out.
func Others(peers lockcore.Peers, now time.Time) (lines []string) {
	list := peers.List()
	for i := range list {
		if p := &list[i]; !p.Own && !p.Silent {
			lines = append(lines, PeerHost(p)+" ("+PeerID(p)+"): "+Heard(p, now))
		}
	}
	return lines
}

// PeerHost returns the name of a machine that shares the store, fit to be shown.
func PeerHost(p *lockcore.Peer) string { return Host(lockcore.Record{Hostname: p.Host}) }

// PeerID returns the beginning of the machine's id.
func PeerID(p *lockcore.Peer) string { return Clean(p.Machine[:min(len(p.Machine), shortID)]) }

// Peer says which machine it is, which Lockbar runs there, and since when its daemon does: "id 1a2b3c4d, Lockbar 0.3.0, daemon since
// 09:14 (3 h)".
func Peer(p *lockcore.Peer, now time.Time) string {
	here, daemon := "", ""
	if p.Own {
		here = Machine() + ", "
	}
	if p.Daemon.PID != 0 && !p.Silent {
		daemon = ", daemon " + sinceInSentence(lockcore.Record{StartedAt: p.Daemon.StartedAt}, now)
	}
	return here + "id " + PeerID(p) + ", Lockbar " + Clean(p.Version) + daemon
}

// Heard says what a machine last said of its daemon, and how long ago that was heard. Only a word that counts is said as what is so now.
func Heard(p *lockcore.Peer, now time.Time) string {
	ended, daemon, runs, when, told := "", "no daemon", "ran there", "when last heard, ", ""
	if p.Daemon.PID != 0 {
		daemon, runs = "its daemon (PID "+strconv.Itoa(p.Daemon.PID)+")", "ran"
	}
	switch {
	case p.Silent:
		daemon, runs, when = "its file is gone;", "it was", "last heard "
	case p.Own:
		when = "when it last wrote, "
	case !p.Watching:
	case p.Daemon.PID == 0:
		runs, when = "runs there,", "heard "
	case p.Alive && now.Sub(p.Heard) < lockcore.AliveTime:
		runs, when = "runs,", "heard "
	case p.Alive:
		told = ", and its end was not told"
	}
	if !p.Watching && !p.Silent {
		ended = "its Lockbar has ended; "
	}
	return ended + daemon + " " + runs + " " + when + ago(p.Heard, now) + told
}

// NameApart says how the computer in front of the user gets another name, which its daemon then writes into the lock.
func NameApart(goos string) string {
	switch goos {
	case "darwin":
		return "System Settings > General > Sharing > Local hostname, or: sudo scutil --set HostName NAME"
	case "windows":
		return "Settings > System > About > Rename this PC"
	}
	return "sudo hostnamectl set-hostname NAME"
}
