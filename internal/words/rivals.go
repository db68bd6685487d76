package words

import (
	"strconv"
	"strings"
	"time"

	"lockbar/lockcore"
)

// shownRivals limits the machines that a sentence names.
const shownRivals = 3

// rivals names the daemons that are known to run at the same time: "the daemon of this computer (PID 77) and mac-mini (PID 4242, heard
// 2 min ago)".
func (l *look) rivals() (text string, isName bool) {
	return l.rivalNames(local(l.LocalDaemon), func(p lockcore.Peer) string { return " (PID " + strconv.Itoa(p.Daemon.PID) + l.heardOf(p) + ")" })
}

// rivalHosts names the machines of the daemons that rivals names.
func (l *look) rivalHosts() (text string, isName bool) {
	return l.rivalNames(Machine(), func(lockcore.Peer) string { return "" })
}

// rivalNames lists the daemons that are known to run at the same time. here is the name of the daemon on this machine, and detail returns
// the text after the host of another one.
func (l *look) rivalNames(here string, detail func(lockcore.Peer) string) (text string, isName bool) {
	var list []string
	if l.LocalDaemon.PID != 0 {
		list = append(list, here)
	}
	for _, p := range l.Elsewhere() {
		name, _ := l.name(lockcore.Record{Hostname: p.Host})
		list = append(list, name+detail(p))
	}
	return enumerate(list), len(list) > 0 && l.LocalDaemon.PID == 0
}

// enumerate returns names as "a, b and c", the first shownRivals as "a, b, c and 2 more", and no names as "another computer".
func enumerate(list []string) string {
	if more := len(list) - shownRivals; more > 0 {
		list = append(list[:shownRivals:shownRivals], strconv.Itoa(more)+" more")
	}
	switch last := len(list) - 1; last {
	case -1:
		return "another computer"
	case 0:
		return list[0]
	default:
		return strings.Join(list[:last], ", ") + " and " + list[last]
	}
}

// heardOf returns when a machine was heard last; empty in a text without times.
func (l *look) heardOf(p lockcore.Peer) string {
	switch {
	case l.now.IsZero():
		return ""
	case l.now.Sub(p.Heard) < lockcore.AliveTime:
		return ", heard " + Ago(p.Heard, l.now)
	}
	return ", silent since " + Clock(p.Heard, l.now)
}

// Ago returns how long ago something was: "2 min ago".
func Ago(t, now time.Time) string {
	switch age := now.Sub(t); {
	case t.IsZero():
		return "some time ago"
	case age < time.Minute:
		return "just now"
	default:
		return ageText(age) + " ago"
	}
}
