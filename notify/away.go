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

// gatherTime is how long a message about what happened meanwhile waits for the other stores, so that it is one: each of
// them has answered, or is known to hang, within lockcore.ReadTimeout.
const gatherTime = lockcore.ReadTimeout + time.Second

// missed is a fact that happened while nothing was told: nobody looked, or the user had asked for silence.
type missed struct {
	Kind     kind      `json:"kind"`
	Identity string    `json:"store"` // of the store
	Sentence string    `json:"sentence"`
	At       time.Time `json:"at"`
	Message  Message   `json:"message"` // what it would have been told with
	Fact     factID    `json:"fact,omitzero"`
	past     bool      // it is not so any more
}

// maxMissed bounds what is kept for one message, which shows maxSentences.
const (
	maxMissed    = 20
	maxSentences = 3
)

// holdsBack reports whether nothing is told at now.
func (d Decider) holdsBack(now time.Time) bool {
	return d.quiet.Paused(now) || now.Before(d.gather)
}

// miss keeps a fact for later.
func (d Decider) miss(k kind, fact factID, f Fact, now time.Time) Decider {
	if len(d.missed) == 0 && !d.quiet.Paused(now) {
		d.gather = now.Add(gatherTime)
	}
	d.missed = append(slices.Clip(d.missed), missed{k, f.key(), sentence(k, f, now), now, message(k, f, now), fact, false})
	d.missed = d.missed[max(0, len(d.missed)-maxMissed):]
	return d
}

// welcome tells what was held back once it may: one message.
func (d Decider) welcome(now time.Time) (Decider, []Message) {
	if len(d.missed) == 0 || d.holdsBack(now) {
		return d, nil
	}
	list := slices.Clone(d.missed)
	for i, m := range list {
		list[i] = d.compare(m)
	}
	list = slices.DeleteFunc(list, missed.noNews)
	d.missed, d.gather = nil, time.Time{}
	if d.quiet.off[config.Away] {
		return d, urgent(list)
	}
	return d, summary(list)
}

// compare holds a fact against what was seen last. What is not so any more is told as what happened, with what is so now.
func (d Decider) compare(m missed) missed {
	now := d.stores[m.Identity].now
	if now.State == lockcore.Unknown || m.holds(now) {
		return m
	}
	m.past = true
	m.Message = present(now)
	return m
}

// holds reports whether what a fact says is so in this look.
func (m missed) holds(now lockcore.Snapshot) bool {
	same := now.Record == m.Fact.Record
	if m.Fact == (factID{}) {
		return true // written by a version that did not keep it
	}
	switch m.Kind {
	case takeover:
		return same && (now.State == lockcore.HeldElsewhere || now.State == lockcore.HeldHere)
	case takeoverRunning, twoDaemons, lockVanished, conflictCopy:
		return same && twoClaims(now) == m.Fact.Kind
	case staleLock:
		return same && now.State == lockcore.Stale
	case corruptLock:
		return now.State == lockcore.Corrupt
	case freed:
		return now.State == lockcore.Unlocked
	}
	return true // it happened, and says nothing of what is now
}

// noNews reports whether it wanted an action of the user and does not any more, and has no host that did something.
func (m missed) noNews() bool { return m.past && (m.Kind == staleLock || m.Kind == corruptLock) }

// urgent keeps the alarms for who wants no summary.
func urgent(list []missed) []Message {
	var all []Message
	for _, m := range list {
		if m.Message.Urgent {
			all = append(all, m.Message)
		}
	}
	return all
}

// awayTitle begins every message about more than one fact, or about what needs no action.
const awayTitle = "While you were away"

// summary is one message for all: the fact's own if there is one that wants action, since its words say what to do.
func summary(list []missed) []Message {
	switch {
	case len(list) == 0:
		return nil
	case len(list) == 1 && !list[0].past && list[0].Kind != takeover && list[0].Kind != freed:
		return []Message{list[0].Message}
	case len(list) == 1:
		own := list[0].Message
		return []Message{{Title: awayTitle, Body: list[0].Sentence + ". " + own.Body, Icon: own.Icon}}
	}
	return []Message{several(list)}
}

func several(list []missed) Message {
	newest := list[len(list)-1]
	m := Message{Title: awayTitle, Icon: newest.Message.Icon}
	for _, one := range list {
		if one.Message.Urgent && !m.Urgent {
			m.Urgent, m.Icon = true, one.Message.Icon
		}
	}
	parts := make([]string, 0, maxSentences+2)
	for _, one := range list[max(0, len(list)-maxSentences):] {
		parts = append(parts, one.Sentence+".")
	}
	if more := len(list) - maxSentences; more > 0 {
		parts = append(parts, fmt.Sprintf("Before that %d more, see Recent Activity.", more))
	}
	switch {
	case m.Urgent:
		parts = append(parts, "Two daemons may write to one store: stop the one you do not use with "+words.StopCommand+".")
	case ofOneStore(list): // what the newest means holds now
		parts = append(parts, newest.Message.Body)
	}
	m.Body = strings.Join(parts, " ")
	return m
}

func ofOneStore(list []missed) bool {
	return !slices.ContainsFunc(list, func(m missed) bool { return m.Identity != list[0].Identity })
}

// sentence is what happened, with its store and time: "~/.iai-mcp: mac-mini took over from this Mac at 14:02".
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

// tellingEvent returns the event that tells a kind: a state that was found has none of its own.
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

// happenedAt returns zero for an unknown time. A lock says itself when it was taken. Else what was seen is known to the moment, and what was not is not.
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
