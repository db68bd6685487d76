package words

import (
	"strconv"
	"time"

	"lockbar/lockcore"
)

// shortID is how much of a machine's id tells it from another one of that name: as much as the name of its file has.
const shortID = 8

// Hosts says of each machine that shares a store what it last said: "mac-mini (1a2b3c4d): no daemon runs there, heard 3 h ago". This
// machine is one of them, and those whose file is gone are, only where all is asked for: then a second line has the rest of each.
func Hosts(peers lockcore.Peers, now time.Time, all bool) (lines []string) {
	list := peers.List()
	for i := range list {
		p := &list[i]
		if !all && (p.Own || p.Silent) {
			continue
		}
		name := Host(lockcore.Record{Hostname: p.Host}) + " (" + Clean(p.Machine[:min(len(p.Machine), shortID)])
		if p.Own {
			name += ", " + Machine()
		}
		lines = append(lines, name+"): "+Heard(p, now))
		if all {
			lines = append(lines, more(p, now))
		}
	}
	return lines
}

// more says which Lockbar a machine has, when it was heard, and since when its daemon runs: "Lockbar 0.3.0, heard at 13:22, daemon since
// 09:14 (4 h)".
func more(p *lockcore.Peer, now time.Time) string {
	text := "Lockbar " + Clean(p.Version) + ", heard at " + Clock(p.Heard, now)
	if p.Daemon.PID != 0 && !p.Silent {
		text += ", daemon " + sinceInSentence(lockcore.Record{StartedAt: p.Daemon.StartedAt}, now)
	}
	return text
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
