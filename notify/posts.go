package notify

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

const (
	// clearTime is the time that an alarm must be over before the all clear: a sync engine delivers a change in steps.
	clearTime = 5 * time.Second
	// overTime is the time that a fact must be over before it is reported again, so that a flickering fact is not reported each time. An
	// alarm rings once more before that: see end.
	overTime = 5 * time.Minute
)

// claim holds a fact that a message states. The message is withdrawn when none of its claims holds.
type claim struct {
	Store string `json:"store"` // its identity
	Kind  kind   `json:"kind"`
	Fact  factID `json:"fact,omitzero"`
}

// post describes the message last ordered for a slot. The message stays while one of its claims holds.
type post struct {
	Claims []claim   `json:"claims"`
	Name   string    `json:"name,omitempty"` // of the store, if there are several
	Urgent bool      `json:"urgent,omitempty"`
	Over   time.Time `json:"over,omitzero"` // when the last claim ceased to hold
}

// show orders a message for a slot. If the message is about several stores, show withdraws their own messages.
func (d Decider) show(slot, name string, m Message, claims ...claim) (Decider, []Order) {
	orders := []Order{{Slot: slot, Message: m}}
	d = d.replaced(slot, claims...)
	for _, c := range claims {
		if c.Store != slot && d.HasMessage(c.Store) {
			d = d.replaced(c.Store)
			orders = append(orders, Order{Slot: c.Store})
		}
	}
	if len(claims) > 0 {
		d.posts = with(d.posts, slot, post{Claims: claims, Name: name, Urgent: m.Urgent})
	}
	return d, orders
}

// replaced forgets what a slot shows. A replaced alarm may ring again, unless the new message makes the same claim.
func (d Decider) replaced(slot string, by ...claim) Decider {
	p, shown := d.posts[slot]
	if !shown {
		return d
	}
	d.posts = maps.Clone(d.posts)
	delete(d.posts, slot)
	for _, c := range p.Claims {
		if p.Urgent && !slices.Contains(by, c) {
			d = d.forgetTold(c)
		}
	}
	return d
}

// HasMessage reports whether a slot still has a message to show.
func (d Decider) HasMessage(slot string) bool {
	_, shown := d.posts[slot]
	return shown
}

// shows reports whether a slot has a message of a kind to show.
func (d Decider) shows(slot string, k kind) bool {
	return slices.ContainsFunc(d.posts[slot].Claims, func(c claim) bool { return c.Kind == k })
}

// settle withdraws messages whose claims no longer hold. What then may follow an alarm: see end.
func (d Decider) settle(now time.Time) (Decider, []Order) {
	var all []Order
	for _, slot := range slices.Sorted(maps.Keys(d.posts)) {
		was := d.posts[slot]
		p := d.judged(was, now)
		if p.Over != was.Over || len(p.Claims) != len(was.Claims) {
			d.posts = with(d.posts, slot, p)
		}
		if !p.Over.IsZero() && !now.Before(d.endOf(p)) {
			var orders []Order
			d, orders = d.end(slot, p, now)
			all = append(all, orders...)
		}
	}
	return d, all
}

// judged sets or clears p.Over according to the last looks. It drops timed claims that have ended, if others are left.
func (d Decider) judged(p post, now time.Time) post {
	ended := func(c claim) bool { return !c.holds(d.stores[c.Store], now) }
	left := slices.DeleteFunc(slices.Clone(p.Claims), func(c claim) bool { return c.isTimed() && ended(c) })
	if len(left) > 0 {
		p.Claims = left
	}
	switch {
	case slices.ContainsFunc(p.Claims, func(c claim) bool { return !ended(c) }):
		p.Over = time.Time{}
	case p.Over.IsZero():
		p.Over = now.Round(0)
	}
	return p
}

// isTimed reports whether time alone ends a claim.
func (c claim) isTimed() bool { return c.Kind == fight || c.Kind == crashing }

// holds reports whether a claim is still true. A store that cannot be read keeps it true, unless it is timed.
func (c claim) holds(m perStore, now time.Time) bool {
	same := m.now.Record == c.Fact.Record && (c.Fact.Token == "" || m.now.Token == c.Fact.Token)
	two := twoClaims(m.now)
	switch state := m.now.State; {
	case c.Kind == fight:
		return m.fighting(now)
	case c.Kind == crashing:
		return isAhead(m.Steady, now, crashTime)
	case state == lockcore.Unknown, c.Fact == factID{}: // written by a version that kept no fact
		return true
	case c.Kind == takeover:
		return same && (state == lockcore.HeldElsewhere || state == lockcore.HeldHere)
	case m.now.Reason == lockcore.OtherDaemonAlive && m.now.Peers == lockcore.Peers{}: // a saved look does not name the daemons
		return true
	case c.Kind == takeoverRunning, c.Kind == twoDaemons, c.Kind == lockVanished, c.Kind == conflictCopy:
		return two != nothing && factOf(two, Fact{To: m.now}).Record == c.Fact.Record && factKind(two) == c.Fact.Kind
	case c.Kind == staleLock:
		return same && state == lockcore.Stale
	case c.Kind == corruptLock:
		return state == lockcore.Corrupt
	case c.Kind == freed:
		return state == lockcore.Unlocked
	case c.Kind == allClear:
		return same && two == nothing
	}
	return same && m.now.HasLock()
}

// endOf returns when time alone ends a post, or a claim of it; zero for never.
func (d Decider) endOf(p post) (end time.Time) {
	switch {
	case !p.Over.IsZero() && !p.Urgent:
		return p.Over
	case !p.Over.IsZero():
		return p.Over.Add(d.patience(p))
	}
	for _, c := range p.Claims {
		end = Earliest(end, c.end(d.stores[c.Store]))
	}
	return end
}

// end returns when time alone ends a claim; zero for never.
func (c claim) end(m perStore) time.Time {
	switch c.Kind {
	case fight:
		return m.Calm
	case crashing:
		return m.Steady
	}
	return time.Time{}
}

// patience returns how long an alarm must be over before the all clear. An alarm that ended while nobody watched gets it at once;
// otherwise a new process would first show the alarm again.
func (d Decider) patience(p post) time.Duration {
	if slices.ContainsFunc(p.Claims, func(c claim) bool { return d.stores[c.Store].away }) {
		return 0
	}
	return clearTime
}

// end withdraws a post. After an alarm, which may then ring again, it orders an all clear if that is true and may be shown. If an alarm
// about the store was cleared less than overTime before this one ended, the post is withdrawn silently, and the same fact does not ring
// again until it has been over for overTime.
func (d Decider) end(slot string, p post, now time.Time) (Decider, []Order) {
	newest := p.Claims[len(p.Claims)-1]
	m := d.stores[newest.Store]
	withdrawn := []Order{{Slot: slot}}
	if !p.Urgent || !m.Cleared.IsZero() && p.Over.Sub(m.Cleared) < overTime {
		d.posts = maps.Clone(d.posts)
		delete(d.posts, slot)
		return d, withdrawn
	}
	d = d.replaced(slot).cleared(p, now)
	if k := twoClaims(m.now); k != nothing { // the fight has ended, but the store is still contested
		d, told := d.tell(k, Fact{Store: p.Name, Identity: newest.Store, From: m.now, To: m.now}, now)
		return d, append(withdrawn, told...)
	}
	if d.Quiet.Paused(now) || d.Quiet.off[switches[newest.Kind]] || d.hasPostponed(newest.Store) || !d.isClear(p) {
		return d, withdrawn
	}
	return d.show(slot, p.Name, clearMessage(p, m.now, now), claim{newest.Store, allClear, factOf(allClear, Fact{To: m.now})})
}

// cleared notes when an alarm ended, for its stores.
func (d Decider) cleared(p post, now time.Time) Decider {
	for _, c := range p.Claims {
		m := d.stores[c.Store]
		m.Cleared = now.Round(0)
		d.stores = with(d.stores, c.Store, m)
	}
	return d
}

// isClear reports whether an all clear would be true. After an alarm with one claim, only its store counts.
func (d Decider) isClear(p post) bool {
	if len(p.Claims) == 1 {
		now := d.stores[p.Claims[0].Store].now
		return !isUncovered(now) && !p.Claims[0].isOpen(now)
	}
	for _, m := range d.stores {
		if twoClaims(m.now) != nothing || isUncovered(m.now) {
			return false
		}
	}
	return true
}

// isOpen reports whether a claim of two daemons ended only because a machine fell silent, so that neither daemon is known to have ended.
func (c claim) isOpen(s lockcore.Snapshot) bool {
	here := s.LocalDaemon.PID == c.Fact.Daemon || s.State == lockcore.HeldHere && s.Holder.PID == c.Fact.Daemon
	switch {
	case c.Fact.Kind != twoDaemons:
		return false
	case c.Fact.Daemon != 0:
		return here && saysRuns(s, c.Fact.Record)
	}
	return saysRuns(s, c.Fact.Record) && saysRuns(s, c.Fact.Rival)
}

// saysRuns reports whether the last report of another machine names the daemon that took the lock r as running.
func saysRuns(s lockcore.Snapshot, r lockcore.Record) bool {
	return slices.ContainsFunc(s.Peers.List(), func(p lockcore.Peer) bool {
		return !p.ThisMachine && p.Daemon.PID == r.PID && p.Daemon.StartedAt == r.StartedAt
	})
}

// hasPostponed reports whether a fact about the store waits for a message.
func (d Decider) hasPostponed(store string) bool {
	return slices.ContainsFunc(d.postponed, func(m postponed) bool { return m.Store == store })
}

// forgetTold forgets that a fact was reported, so that it is reported again when it comes back.
func (d Decider) forgetTold(c claim) Decider {
	m, known := d.stores[c.Store]
	if known && m.Told[c.Fact.Kind] == c.Fact { // otherwise another fact of that kind was reported since
		m.Told, m.Over = maps.Clone(m.Told), maps.Clone(m.Over)
		delete(m.Told, c.Fact.Kind)
		delete(m.Over, c.Fact.Kind) // else the next one of that kind would count as over since then
		d.stores = with(d.stores, c.Store, m)
	}
	return d
}

// isUncovered reports whether a daemon runs without a lock: here, such as after a forced unlock, or elsewhere, as far as is known.
func isUncovered(s lockcore.Snapshot) bool {
	return s.State == lockcore.Unlocked && (s.LocalDaemon.PID != 0 || len(s.Elsewhere()) > 0)
}

// clears holds the titles of an all clear, by the state of the store.
var clears = map[lockcore.State]string{
	lockcore.Unlocked:      "All clear: nobody holds {store}",
	lockcore.HeldHere:      "All clear: only {here} holds {store}",
	lockcore.HeldElsewhere: "All clear: only {host} holds {store}",
}

// clearMessage returns the all clear after an alarm.
func clearMessage(p post, s lockcore.Snapshot, now time.Time) Message {
	title, known := clears[s.State]
	if !known {
		title = "The alarm about {store} is over"
	}
	m := present(s)
	if known {
		m.Body = "As far as Lockbar can see, no second daemon is running. There is nothing to do."
	}
	if known && p.Claims[0].Kind == fight {
		m.Body = fmt.Sprintf("Nobody has taken it over for %d minutes. There is nothing to do.", int(fightTime.Minutes()))
	}
	m.Title = words.Sentence(title, s, s, p.Name, now)
	if len(p.Claims) > 1 {
		m.Title, m.Body = "All clear: the alarm is over", "As far as Lockbar can see, no store has two daemons."
	}
	return m
}
