package page

import (
	"strings"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// kind is the meaning of a bar. Kinds differ by their patterns (page.css, shapes.svg), so that readers need no colours. Only blind and
// missing share one.
type kind uint8

const (
	held kind = iota
	notSeen
	left
	two
	corrupt
	blind
	missing
)

// kinds has a row for each kind, in the order of the legend.
var kinds = [...]struct {
	class, label, sentence string
	owned                  bool // bars of this machine look different
}{
	held:    {"held", "held", "held the store", true},
	notSeen: {"told", "held unseen", "held the store unseen, by the time in its lock", true},
	left:    {"left", "left behind", "had left its lock behind", false},
	two:     {"two", "two at once", "claimed the store while another process did", false},
	corrupt: {"corrupt", "corrupt", "the lock was corrupt", false},
	blind:   {"blind", "cannot be read", "the lock could not be read", false},
	missing: {"blind", "no store", "the store was not there", false},
}

// maxMachines limits the other machines that have a lane of their own, so that they fit a screen. The rest share one.
const maxMachines = 6

const (
	hereLane   = 0
	nobodyLane = 1 // for a store whose holder is not known
	otherLane  = 2 // for the machines without a lane of their own
	hostLane   = 3 // the first lane of another machine
	lanes      = hostLane + maxMachines
)

// roster assigns lanes to machines. The first other machines whose lanes are requested get lanes of their own.
type roster struct{ hosts []string }

// lane returns the lane of the machine that the lock in a look names.
func (r *roster) lane(s *lockcore.Snapshot) int {
	switch {
	case s.Record.IsZero():
		return nobodyLane
	case s.OnThisHost():
		return hereLane
	}
	return r.host(s.Record.Hostname)
}

func (r *roster) host(name string) int {
	for i, h := range r.hosts {
		if lockcore.SameHost(h, name) {
			return hostLane + i
		}
	}
	if len(r.hosts) == maxMachines {
		return otherLane
	}
	r.hosts = append(r.hosts, name)
	return hostLane + len(r.hosts) - 1
}

// order returns the lanes from top to bottom.
func (r *roster) order() []int {
	list := []int{hereLane}
	for i := range r.hosts {
		list = append(list, hostLane+i)
	}
	return append(list, otherLane, nobodyLane)
}

func (r *roster) name(lane int) string {
	switch lane {
	case hereLane:
		return words.Capital(words.Machine())
	case nobodyLane:
		return "Nobody can tell"
	case otherLane:
		return "Other computers"
	}
	return words.HostAmong(lockcore.Record{Hostname: r.hosts[lane-hostLane]}, r.hosts...)
}

// place is the lane and the kind of a bar.
type place struct {
	lane int
	kind kind
}

// places returns the lanes and kinds of a span's bars; none for a store that was unlocked or not watched.
func (r *roster) places(s *span) []place {
	switch {
	case s.sight == unwatched, s.look.State == lockcore.Unlocked:
		return nil
	case s.look.State == lockcore.Contested:
		return r.claims(s.look)
	case s.look.State == lockcore.Corrupt || s.look.State == lockcore.Unknown:
		return []place{{nobodyLane, kindOf(s)}}
	}
	return []place{{r.lane(s.look), kindOf(s)}}
}

// kindOf returns the kind of a span that has one bar.
func kindOf(s *span) kind {
	switch {
	case s.sight == inferred:
		return notSeen
	case holds(s.look):
		return held
	case s.look.State == lockcore.Stale:
		return left
	case s.look.State == lockcore.Corrupt:
		return corrupt
	case s.look.Reason == lockcore.StoreMissing:
		return missing
	}
	return blind
}

// claims returns the bars of two claims: one for the lock's machine, if there is a lock, and one for the rival. The rival is this
// machine, unless a conflict copy names another. Two claims in one lane share a bar.
func (r *roster) claims(s *lockcore.Snapshot) []place {
	rival := hereLane
	if c := words.Rival(*s); s.Reason == lockcore.ConflictCopy && !c.IsZero() {
		rival = r.lane(&lockcore.Snapshot{Record: c, Host: s.Host})
	}
	lane := r.lane(s)
	if s.Record.IsZero() || lane == rival {
		return []place{{rival, two}}
	}
	return []place{{lane, two}, {rival, two}}
}

// text prepares s for the page: it replaces unprintable characters by blanks, and escapes what has a meaning in HTML. All text from
// outside passes through it.
func text(s string) string { return escaped.Replace(words.OneLine(s)) }

var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")
