package words

import (
	"fmt"
	"time"

	"lockbar/lockcore"
)

// Hosts returns a line for each machine that shares a store, with its last announcement: "mac-mini (1a2b3c4d): no daemon is known to run
// there, heard 3 h ago". If all is set, it includes this machine and machines whose file is gone, and adds a second line with details
// after each.
func Hosts(peers lockcore.Peers, now time.Time, all bool) (lines []string) {
	list := peers.List()
	own, _ := peers.Own()
	for i := range list {
		p := &list[i]
		if !all && (p.ThisMachine || p.Removed) {
			continue
		}
		name := Host(lockcore.Record{Hostname: p.Host}) + " (" + Clean(p.Machine[:min(len(p.Machine), lockcore.ShortID)])
		if p.ThisMachine {
			name += ", " + Machine()
		}
		lines = append(lines, name+"): "+announced(p, now))
		if all {
			lines = append(lines, peerDetails(p, own.Machine, now))
		}
	}
	return lines
}

// peerDetails returns a machine's version of Lockbar, when its announcement was heard, the start of its daemon, and what it asks another
// machine: "Lockbar 0.3.0, heard at 13:22, daemon since 09:14 (4 h)".
func peerDetails(p *lockcore.Peer, own string, now time.Time) string {
	text := "Lockbar " + Clean(p.Version) + ", heard at " + Clock(p.Heard, now)
	if p.Daemon.PID != 0 && !p.Removed {
		text += ", daemon " + sinceInSentence(lockcore.Record{StartedAt: p.Daemon.StartedAt}, now)
	}
	switch asked := p.Ask.Machine; {
	case asked == "" || p.Removed:
	case asked == own:
		text += fmt.Sprintf(", asks %s to stop its daemon (PID %d)", Machine(), p.Ask.Daemon.PID)
	default:
		text += fmt.Sprintf(", asks another computer to stop its daemon (PID %d)", p.Ask.Daemon.PID)
	}
	return text
}

// announced returns what a machine last announced about its daemon, and how long ago that was heard. It says that a daemon runs,
// in the present tense, only while the announcement counts.
func announced(p *lockcore.Peer, now time.Time) string {
	runs, text := p.Daemon.PID != 0, ""
	switch {
	case p.Removed:
		text = "its file is gone; it was last heard %[2]s"
	case p.ThisMachine && runs:
		text = "its daemon (PID %[1]d) ran when it last wrote, %[2]s"
	case p.ThisMachine:
		text = "no daemon ran here when it last wrote, %[2]s"
	case !runs && p.Watching:
		text = "no daemon is known to run there, heard %[2]s"
	case !runs:
		text = "no daemon ran there when last heard, %[2]s"
	case p.Alive && p.Watching && now.Sub(p.Heard) < lockcore.AliveTime:
		text = "its daemon (PID %[1]d) runs, heard %[2]s"
	case p.Contesting:
		text = "its daemon (PID %[1]d) ran when last heard, %[2]s, and its end was not reported; if that computer is gone for good, delete its file in .lockbar"
	default:
		text = "its daemon (PID %[1]d) ran when last heard, %[2]s"
	}
	if !p.Watching && !p.Removed {
		text = "its Lockbar has ended; " + text
	}
	return fmt.Sprintf(text, p.Daemon.PID, Ago(p.Heard, now))
}

// NameApart returns instructions to give the reader's computer another name, which its daemon then writes into the lock.
func NameApart(goos string) string {
	switch goos {
	case "darwin":
		return "System Settings > General > Sharing > Local hostname, or: sudo scutil --set HostName NAME"
	case "windows":
		return "Settings > System > About > Rename this PC"
	}
	return "sudo hostnamectl set-hostname NAME"
}
