package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lockbar/internal/config"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// gatherTime limits how long a message about earlier events waits for facts of the other stores, so that one message covers all
// stores. Within lockcore.ReadTimeout the first look at each store ends, or is known to hang.
const gatherTime = lockcore.ReadTimeout + time.Second

const (
	// togetherTime limits how long a message about one of several stores waits for a fact of another store, so that an event that
	// concerns all stores at once, such as the return of a network drive, causes one message.
	togetherTime = time.Second
	// longestTogether bounds the whole wait.
	longestTogether = 5 * time.Second
)

// postponed holds a fact that is not reported yet: it happened while nobody watched or during a pause, or it waits for other stores.
type postponed struct {
	claim
	Name     string    `json:"name,omitempty"` // of the store, if there are several
	Sentence string    `json:"sentence"`
	At       time.Time `json:"at"`
	Message  Message   `json:"message"`       // the message for this fact alone
	Seen     bool      `json:"seen,omitzero"` // the fact was seen to happen, and notifications were not paused
	past     bool      // the fact no longer holds
}

// maxPostponed, plus one for each store, limits the facts that are kept for one message. The message shows maxSentences of them.
const (
	maxPostponed = 20
	maxSentences = 3
)

// holdsBack reports whether messages must wait at now.
func (d Decider) holdsBack(now time.Time) bool {
	return d.Quiet.Paused(now) || now.Before(d.gather)
}

// postpone keeps a fact for a later message.
func (d Decider) postpone(k kind, fact factID, f Fact, now time.Time) Decider {
	one := postponed{claim: claim{f.key(), k, fact}, Name: f.Store, Sentence: sentence(k, f, now), At: now, Message: message(k, f, now)}
	one.Seen = !f.Away && !d.Quiet.Paused(now)
	d.postponed = append(slices.Clip(d.postponed), one)
	d.gather = d.gatherUntil(now)
	if one.Seen { // it makes older seen facts about the store obsolete
		d = d.keepPostponed(newestOfEach(d.postponed))
	}
	if len(d.postponed) > maxPostponed+len(d.stores) {
		d = d.keepPostponed(withoutOldest(d.postponed))
	}
	return d
}

// keepPostponed keeps only the facts in list. The dropped facts were never reported, so they are reported if they come back.
func (d Decider) keepPostponed(list []postponed) Decider {
	for _, m := range d.postponed {
		if !slices.ContainsFunc(list, func(kept postponed) bool { return kept.claim == m.claim }) {
			d = d.forgetTold(m.claim)
		}
	}
	d.postponed = list
	return d
}

// gatherUntil returns the end of the wait for more facts: events of several stores arrive one after another.
func (d Decider) gatherUntil(now time.Time) time.Time {
	first := d.postponed[0]
	switch {
	case d.Quiet.Paused(now), !first.Seen && len(d.postponed) > 1:
		return d.gather
	case !first.Seen:
		return now.Add(gatherTime)
	}
	return slices.MinFunc([]time.Time{now.Add(togetherTime), first.At.Add(longestTogether)}, time.Time.Compare)
}

// withoutOldest drops the oldest fact that is not an alarm, or the oldest of all if all are alarms.
func withoutOldest(list []postponed) []postponed {
	i := slices.IndexFunc(list, func(m postponed) bool { return !m.Message.Urgent })
	return slices.Delete(slices.Clone(list), max(0, i), max(0, i)+1)
}

// welcome reports the postponed facts once they need not wait any longer, usually in one message.
func (d Decider) welcome(now time.Time) (Decider, []Order) {
	if len(d.postponed) == 0 || d.holdsBack(now) {
		return d, nil
	}
	list, full := slices.Clone(d.postponed), len(d.postponed) >= maxPostponed
	for i, m := range list {
		list[i] = d.compare(m, now)
	}
	list = slices.DeleteFunc(list, func(m postponed) bool { return m.noNews() || m.Seen && m.past })
	d = d.keepPostponed(list)
	d.postponed, d.gather = nil, time.Time{}
	switch {
	case !slices.ContainsFunc(list, func(m postponed) bool { return !m.Seen }):
		return d.together(list, now)
	case d.Quiet.off[config.Away]:
		return d.each(slices.DeleteFunc(list, func(m postponed) bool { return !m.Message.Urgent }))
	}
	return d.summary(list, full, now)
}

// compare checks a fact against the last look. If it no longer holds, it becomes past, and its message tells the present state.
func (d Decider) compare(m postponed, now time.Time) postponed {
	if m.claim.holds(d.stores[m.Store], now) {
		return m
	}
	m.past = true
	m.Message = present(d.stores[m.Store].now)
	return m
}

// newestOfEach drops each fact that was seen, if a later fact about the same store follows.
func newestOfEach(list []postponed) (all []postponed) {
	for i, m := range list {
		if !m.Seen || !slices.ContainsFunc(list[i+1:], func(later postponed) bool { return later.Store == m.Store }) {
			all = append(all, m)
		}
	}
	return all
}

// together reports changes of several stores in one message, and a single change in its own message.
func (d Decider) together(list []postponed, now time.Time) (Decider, []Order) {
	if len(list) < 2 {
		return d.each(list)
	}
	return d.many(several(togetherTitle(list), list, false), list, now)
}

// togetherTitle says how many stores may have two daemons, if any may, since the reader must know that first.
func togetherTitle(list []postponed) string {
	stores := map[string]bool{}
	for _, m := range alarms(list) {
		stores[m.Store] = true
	}
	switch n := len(stores); n {
	case 0:
		return fmt.Sprintf("Changes in %d stores", len(list))
	case 1:
		return "Two daemons may write to one store"
	default:
		return fmt.Sprintf("Two daemons may write to each of %d stores", n)
	}
}

// each reports each of these facts in a separate message.
func (d Decider) each(list []postponed) (_ Decider, all []Order) {
	for _, m := range list {
		var orders []Order
		d, orders = d.show(m.Store, m.Name, m.Message, m.claim)
		all = append(all, orders...)
	}
	return d, all
}

// many reports these facts in one message. It replaces no earlier message about several stores, which may be about other ones.
func (d Decider) many(m Message, list []postponed, now time.Time) (Decider, []Order) {
	slot, name := manySlot+" "+now.UTC().Format(time.RFC3339), ""
	if ofOneStore(list) {
		slot, name = list[0].Store, list[0].Name
	}
	var claims []claim
	for _, one := range list {
		if !one.past {
			claims = append(claims, one.claim)
		}
	}
	return d.show(slot, name, m, claims...)
}

// noNews reports whether a fact needs no message any more: it asked for an action that is no longer needed, and no host did anything.
func (m postponed) noNews() bool { return m.past && (m.Kind == staleLock || m.Kind == corruptLock) }

// awayTitle is the title of a message about several facts, or about one that needs no action. If one of the facts is an alarm,
// togetherTitle replaces it.
const awayTitle = "While you were away"

// summary reports all facts in one message. A single fact that requires action keeps its own message, which says what to do. full means
// that older ones may have been dropped.
func (d Decider) summary(list []postponed, full bool, now time.Time) (Decider, []Order) {
	switch {
	case len(list) == 0:
		return d, nil
	case len(list) == 1 && !list[0].past && list[0].Kind != takeover && list[0].Kind != freed:
		return d.each(list)
	case len(list) == 1:
		m := list[0].Message
		m.Title, m.Body, m.Plain = awayTitle, list[0].Sentence+". "+m.Body, list[0].Sentence+". "+m.withoutButtons().Body
		return d.many(m, list, now)
	}
	title := awayTitle
	if len(alarms(list)) > 0 {
		title = togetherTitle(list)
	}
	return d.many(several(title, list, full), list, now)
}

// alarms returns the facts whose messages are urgent.
func alarms(list []postponed) []postponed {
	return slices.DeleteFunc(slices.Clone(list), func(m postponed) bool { return !m.Message.Urgent })
}

// several returns a message about some facts. full means that older ones may have been dropped.
func several(title string, list []postponed, full bool) Message {
	newest := list[len(list)-1]
	m := Message{Title: title, Icon: newest.Message.Icon}
	for _, one := range list {
		if one.Message.Urgent && !m.Urgent {
			m.Urgent, m.Icon = true, one.Message.Icon
		}
	}
	parts := make([]string, 0, maxSentences+2)
	for _, one := range list[max(0, len(list)-maxSentences):] {
		parts = append(parts, one.Sentence+".")
	}
	switch more := len(list) - maxSentences; {
	case full && more > 0:
		parts = append(parts, fmt.Sprintf("And at least %d earlier: see Recent Activity.", more))
	case more > 0:
		parts = append(parts, fmt.Sprintf("And %d earlier: see Recent Activity.", more))
	}
	switch {
	case m.Urgent:
		parts = append([]string{whatToStop(alarms(list))}, parts...) // first, since desktops truncate the rest
	case ofOneStore(list): // compare made the newest message true
		parts = append(parts, newest.Message.withoutButtons().Body)
	}
	m.Body = strings.Join(parts, " ")
	if ofOneStore(list) {
		m.Buttons = newest.Message.Buttons
	}
	return m
}

// whatToStop returns what to do about alarms, with the names of their stores if they have any.
func whatToStop(list []postponed) string {
	var names []string
	for _, one := range list {
		if name := words.Clean(one.Name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	of := ""
	if len(names) > 0 {
		of = " of " + strings.Join(names, ", ")
	}
	return "Stop the daemon" + of + " that you do not use, on its computer, with \"" + words.StopCommand + "\"."
}

func ofOneStore(list []postponed) bool {
	return !slices.ContainsFunc(list, func(m postponed) bool { return m.Store != list[0].Store })
}

// sentence returns what happened, with its store and time: "~/.iai-mcp: mac-mini took over from this Mac at 14:02".
func sentence(k kind, f Fact, now time.Time) string {
	text := words.Happened(tellingEvent(k, f.Event), f.From, f.To)
	if at := happenedAt(k, f, now); !at.IsZero() {
		text += " at " + words.Clock(at, now)
	}
	if f.Store != "" {
		return words.Clean(f.Store) + ": " + text
	}
	return text
}

// tellingEvent returns the event whose words describe a fact of a kind. A problem is described by the event that begins it, since the
// first look reports it as watch.Initial.
func tellingEvent(k kind, e watch.Event) watch.Event {
	switch k {
	case twoDaemons, lockVanished, conflictCopy:
		return watch.BecameTwo
	case corruptLock:
		return watch.Corrupted
	case staleLock:
		return watch.WentStale
	}
	return e
}

// happenedAt returns when a fact happened; zero if unknown. The lock records the time of a takeover. The time of another fact is known
// only if it was seen to happen.
func happenedAt(k kind, f Fact, now time.Time) time.Time {
	taken, known := f.To.Record.Started()
	switch {
	case (k == takeover || k == takeoverRunning) && known && !taken.After(now):
		return taken
	case f.Away:
		return time.Time{}
	}
	return now
}
