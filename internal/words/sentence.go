package words

import (
	"cmp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"lockbar/lockcore"
)

// look holds the values that texts about a look are filled with.
type look struct {
	*lockcore.Snapshot
	from     *lockcore.Snapshot // the previous look, in texts about events
	store    string             // the name of the store, if there are several
	short    bool               // long host names are cut, after HostAmong has compared them
	now      time.Time
	commands Commands
}

// Sentence fills a text about the event between two looks: see fields. store is the name of the store; empty if there is only one.
func Sentence(text string, from, to lockcore.Snapshot, store string, now time.Time) string {
	l := look{Snapshot: &to, from: &from, store: store, now: now}
	return l.sentence(text)
}

// Line fills a line of a menu, in which hosts have short names: see fields.
func Line(text string, s lockcore.Snapshot) string {
	l := look{Snapshot: &s, short: true}
	return l.sentence(text)
}

// sentence fills a text, and begins it with a capital unless it begins with a name.
func (l *look) sentence(text string) string {
	filled, isName := l.fill(text)
	if filled == "" || isName {
		return filled
	}
	return Capital(filled)
}

// fill replaces the fields of a text in one pass, so that a host called {pid} stays as it is, and reports whether the text begins with
// a name.
func (l *look) fill(text string) (string, bool) {
	var filled strings.Builder
	begins := false
	for {
		before, rest, found := strings.Cut(text, "{")
		filled.WriteString(before)
		if !found {
			return filled.String(), begins
		}
		field, after, _ := strings.Cut(rest, "}")
		part, isName := l.part(field)
		begins = begins || isName && filled.Len() == 0
		filled.WriteString(part)
		text = after
	}
}

// part returns the text for a field. An unknown field keeps its braces, so that a test can find it.
func (l *look) part(field string) (text string, isName bool) {
	for i := range fields {
		if fields[i].name == field {
			return fields[i].part(l)
		}
	}
	return "{" + field + "}", false
}

// fields holds the text for each field in braces, and whether it is a name, which keeps its case at the start.
var fields = [...]struct {
	name string
	part func(*look) (text string, isName bool)
}{
	{"host", func(l *look) (string, bool) { return l.name(l.Record) }}, // this and the next three describe the lock
	{"pid", func(l *look) (string, bool) { return strconv.Itoa(l.Record.PID), false }},
	{"since", func(l *look) (string, bool) { return sinceInSentence(l.Record, l.now), false }},
	{"since-clock", func(l *look) (string, bool) { return sinceClock(l.Record, l.now), false }},
	{"here", func(*look) (string, bool) { return Machine(), false }},
	{"who", func(l *look) (string, bool) { return holder(l.Snapshot), false }}, // the live process that holds the store here
	{"command", func(l *look) (string, bool) { return Clean(ranCommand(l.Holder.Command)), false }},
	{"holder", func(l *look) (string, bool) { return strconv.Itoa(l.Holder.PID), false }},
	{"local", func(l *look) (string, bool) { return local(l.LocalDaemon), false }}, // the process that runs here beside the lock
	{"one", func(l *look) (string, bool) { return one(l.LocalDaemon), false }},
	{"daemon", func(l *look) (string, bool) { return strconv.Itoa(l.LocalDaemon.PID), false }},
	{"two", func(l *look) (string, bool) { return two(l.LocalDaemon), false }}, // "two daemons" or "two programs"
	{"starting", func(l *look) (string, bool) { return strconv.Itoa(l.Starting.PID), false }},
	{"opener", func(l *look) (string, bool) { return strconv.Itoa(l.OpenedBy.PID), false }},
	{"opener-command", func(l *look) (string, bool) { return Clean(l.OpenedBy.Command), false }},
	{"rival", func(l *look) (string, bool) { return l.rival(), false }}, // the holder that a conflict copy names
	{"rival-host", func(l *look) (string, bool) { return l.claimant(Rival(*l.Snapshot), l.Host) }},
	{"rivals", func(l *look) (string, bool) { return l.rivals() }}, // the daemons that run at the same time
	{"rival-hosts", func(l *look) (string, bool) { return l.rivalHosts() }},
	{"ago", func(l *look) (string, bool) { return Ago(l.Witness().Heard, l.now), false }}, // since the last report of the machine that decides the state
	{"more-copies", func(l *look) (string, bool) { return strconv.Itoa(l.MoreCopies), false }},
	{"target", func(l *look) (string, bool) { return Clean(l.LinkTarget), false }},
	{"problem", func(l *look) (string, bool) { return problem(l.Snapshot), false }}, // the system's error
	{"folders", func(*look) (string, bool) { return folders(runtime.GOOS), false }},
	{"privacy", func(*look) (string, bool) { return privacy(runtime.GOOS), false }},
	{"removable", func(l *look) (string, bool) { return removable(l.Snapshot), false }},
	{"stop", func(*look) (string, bool) { return StopCommand, false }}, // on any computer
	{"stop-here", func(l *look) (string, bool) { return StopHere(*l.Snapshot), false }},
	{"unlock", func(l *look) (string, bool) { return l.commands.Unlock, false }},
	{"copies", func(l *look) (string, bool) { return l.commands.Copies, false }},
	{"store", func(l *look) (string, bool) { return cmp.Or(Clean(l.store), "the store"), false }},
	{"to", func(l *look) (string, bool) { return l.holderOf(l.Snapshot) }}, // a host, or this machine
	{"from", func(l *look) (string, bool) { return l.holderOf(l.from) }},
	{"to-lock", func(l *look) (string, bool) { return l.lockOf(l.Snapshot), false }}, // the lock, with or without a holder
	{"from-lock", func(l *look) (string, bool) { return l.lockOf(l.from), false }},
	{"from-host", func(l *look) (string, bool) { return l.claimant(l.from.Record, l.from.Host) }},
	{"program", func(l *look) (string, bool) { return program(besideLock(l.from, l.Snapshot)), false }},
	{"here-now", func(l *look) (string, bool) { return Clean(l.Host), false }},
	{"taker", func(l *look) (string, bool) { return l.taker() }}, // the new holder
	{"was", func(l *look) (string, bool) { return strconv.Itoa(l.from.Record.PID), false }},
}

// name returns the host of a record, which is a name if it is known.
func (l *look) name(r lockcore.Record) (text string, isName bool) {
	text = HostAmong(r, l.hosts()...)
	if l.short {
		text = shortName(text)
	}
	return text, r.Hostname != ""
}

// hosts lists the machines that the look names, including this one.
func (l *look) hosts() []string {
	list := []string{l.Host, l.Record.Hostname, Rival(*l.Snapshot).Hostname}
	for _, p := range l.Elsewhere() {
		list = append(list, p.Host)
	}
	if l.from != nil {
		list = append(list, l.from.Record.Hostname)
	}
	return list
}

// claimant names the machine of a record, for a reader on the machine called here.
func (l *look) claimant(r lockcore.Record, here string) (text string, isName bool) {
	switch {
	case r.IsZero():
		return "another computer", false
	case lockcore.SameHost(r.Hostname, here):
		return Machine(), false
	}
	return l.name(r)
}
