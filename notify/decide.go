package notify

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"lockbar/internal/report"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// Grace is the time for which a lock must be stale before it is reported. The time that a service waits before it restarts the daemon
// is added.
const Grace = 10 * time.Second

// Fact describes one event of one store, or with NoEvent a look that shows none. Store is the store's name if there are several, else
// empty. Identity is the same for all paths that lead to the store; if it is empty, the path identifies the store.
type Fact struct {
	Store    string
	Identity string
	Event    watch.Event
	From, To lockcore.Snapshot
	// Away reports that the event may have happened while nobody watched: before the start, or while the machine slept.
	Away bool
}

// Decider records which facts were reported and which wait. It is a value; its methods return the next one.
// The zero value has reported nothing. Its JSON outlives a restart.
type Decider struct {
	stores    map[string]perStore // by identity
	posts     map[string]post     // by slot
	postponed []postponed         // facts that wait for a message
	gather    time.Time           // until when to wait for more of them

	PanelMissing bool // a message said that no panel shows the icon, and none has appeared since
	GreetingDue  bool // this machine has not been greeted yet
	// Quiet is not part of the JSON, since the config file keeps the settings. If a new Quiet ends a pause, Wake reports the pause's facts.
	Quiet Quiet
	// Restart is the time that the daemon's own service waits before it restarts a daemon that crashed. It is not part of the JSON.
	Restart time.Duration
}

// perStore holds the memory of one store.
type perStore struct {
	Told      map[kind]factID    `json:"told,omitempty"` // the newest fact of each kind that was reported, postponed or switched off
	Over      map[kind]time.Time `json:"over,omitempty"` // when a fact ceased to hold
	Stale     grace              `json:"stale,omitzero"` // the stale lock, which waits to be reported or was reported
	Takeovers []time.Time        `json:"takeovers,omitempty"`
	Calm      time.Time          `json:"calm,omitzero"` // when a fight of two hosts is over, if nothing more happens
	Crashes   []time.Time        `json:"crashes,omitempty"`
	Steady    time.Time          `json:"steady,omitzero"`  // when a daemon that keeps crashing counts as steady again, if nothing more happens
	Cleared   time.Time          `json:"cleared,omitzero"` // when an alarm last ended and was not merely flickering
	now       lockcore.Snapshot  // the last look
	away      bool               // the last change may have happened while nobody watched
}

// grace describes the wait before a stale lock is reported. It does not save the fact: after a restart the next look provides it.
type grace struct {
	Record lockcore.Record `json:"record"`
	Due    time.Time       `json:"due"`
	fact   Fact
	asked  time.Time // when a look was requested; zero: not yet
	fresh  bool      // a look after Due found the lock stale
}

// key returns the key of the store in stores.
func (f Fact) key() string { return cmp.Or(f.Identity, f.To.Store) }

// Recall records the last look at a store that the previous process saved.
func (d Decider) Recall(identity string, s lockcore.Snapshot) Decider {
	m := d.stores[identity]
	m.now = report.Bounded(s)
	d.stores = with(d.stores, identity, m)
	return d
}

// Step handles one fact. It returns the orders for it, and for messages that are over by now. The size of the new Decider is bounded,
// whatever a store contains.
func (d Decider) Step(f Fact, now time.Time) (Decider, []Order) {
	f.From, f.To = report.Bounded(f.From), report.Bounded(f.To)
	m := d.stores[f.key()].watchStale(f, now, Grace+d.Restart).forget(f, now)
	m.now, m.away = f.To, f.Away
	m, fightBegan := m.countTakeover(f, now)
	m, crashesBegan := m.countCrash(f, now)
	d.stores = with(d.stores, f.key(), m)
	k := kindOf(f)
	switch {
	case fightBegan, m.fighting(now) && changedHost(f) && !d.shows(f.key(), fight): // it was shown, but another message replaced it
		k = fight
	case crashesBegan:
		k = crashing
	}
	d, told := d.tell(k, f, now)
	d, over := d.settle(now)
	return d, append(told, over...)
}

// Wake returns the orders that are due at now.
func (d Decider) Wake(now time.Time) (Decider, []Order) {
	var all []Order
	for _, store := range slices.Sorted(maps.Keys(d.stores)) {
		m := d.stores[store]
		if !m.Stale.waits() || !m.Stale.fresh {
			continue
		}
		f := m.Stale.fact
		m.Stale = grace{Record: m.Stale.Record} // the same lock gets no second grace
		d.stores = with(d.stores, store, m)
		var due []Order
		d, due = d.tell(staleLock, f, now)
		all = append(all, due...)
	}
	d, back := d.welcome(now)
	d, over := d.settle(now)
	return d, slices.Concat(all, back, over)
}

// lookTime limits the wait for a look before it is requested again.
const lookTime = 5 * time.Second

// Rechecks returns the stores to look at before a stale lock is reported: a daemon that is starting, which no event announces, may replace
// the lock. Rechecked receives the result.
func (d Decider) Rechecks(now time.Time) (_ Decider, stores []string) {
	for _, store := range slices.Sorted(maps.Keys(d.stores)) {
		m := d.stores[store]
		if g := m.Stale; !g.waits() || g.fresh || now.Before(g.next()) {
			continue
		}
		m.Stale.asked = now
		d.stores = with(d.stores, store, m)
		stores = append(stores, store)
	}
	return d, stores
}

// next returns when a grace needs attention.
func (g grace) next() time.Time {
	if g.fresh || g.asked.IsZero() {
		return g.Due
	}
	return g.asked.Add(lookTime)
}

// Rechecked handles a look that Rechecks requested. It ignores a look that does not show the same stale lock: the watcher will report
// what changed.
func (d Decider) Rechecked(store string, s lockcore.Snapshot, now time.Time) Decider {
	m := d.stores[store]
	switch g := &m.Stale; {
	case !g.waits() || g.asked.IsZero() || s.State != lockcore.Stale || report.Bounded(s).Record != g.Record:
		return d
	case s.InUse():
		g.Due, g.asked = now.Add(Grace), time.Time{}
	default:
		g.fresh = true
	}
	d.stores = with(d.stores, store, m)
	return d
}

// Next returns when to call Rechecks and Wake; zero while nothing waits.
func (d Decider) Next() time.Time {
	var times []time.Time
	for _, m := range d.stores {
		if m.Stale.waits() {
			times = append(times, m.Stale.next())
		}
	}
	for _, p := range d.posts {
		times = append(times, d.endOf(p))
	}
	if len(d.postponed) > 0 {
		times = append(times, slices.MaxFunc([]time.Time{d.gather, d.Quiet.Until}, time.Time.Compare))
	}
	return Earliest(times...)
}

// Earliest returns the earliest of some times; a zero time means never.
func Earliest(times ...time.Time) (first time.Time) {
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// waits reports whether this process has seen a stale lock that is not reported yet.
func (g grace) waits() bool {
	return g.fact.Event != watch.NoEvent || g.fact.To != (lockcore.Snapshot{})
}

// watchStale begins, keeps or ends the grace of a store's lock. A stale lock is not reported while the store is in use: a daemon that is
// starting replaces the lock, and beside one that runs the lock should not be removed.
func (m perStore) watchStale(f Fact, now time.Time, grant time.Duration) perStore {
	switch {
	case f.To.State != lockcore.Stale || f.To.InUse():
		m.Stale = grace{}
	case m.Stale.Record != f.To.Record:
		m.Stale = grace{Record: f.To.Record, Due: now.Add(grant), fact: f}
	case !m.Stale.Due.IsZero() && m.Stale.fact.To == (lockcore.Snapshot{}):
		m.Stale.fact = f
	case m.Stale.waits():
		m.Stale.fact.To = f.To // a zombie may be reaped meanwhile, and the message must be true when it is shown
	}
	return m
}

// forget drops a reported fact that comes back overTime or more after its end, so that it is reported again, and a resurrected lock when it
// is removed. It keeps the facts of a store that cannot be read.
func (m perStore) forget(f Fact, now time.Time) perStore {
	if f.To.State == lockcore.Unknown {
		return m
	}
	kept, over := maps.Clone(m.Told), maps.Clone(m.Over)
	for k := range m.Told {
		since, was := m.Over[k]
		switch is := ends[k] != nil && ends[k](f); {
		case k == resurrected && is, was && !is && now.Sub(since) >= overTime:
			delete(kept, k)
			delete(over, k)
		case is && !was:
			over = with(over, k, now.Round(0))
		case !is:
			delete(over, k)
		}
	}
	m.Told, m.Over = kept, over
	return m
}

// tell orders the message of a kind, unless the last fact of its kind was the same or the kind is switched off. The message may have to
// wait.
func (d Decider) tell(k kind, f Fact, now time.Time) (Decider, []Order) {
	m := d.stores[f.key()]
	if m.fighting(now) {
		k = inFight(k, d.shows(f.key(), fight))
	}
	if k == staleLock && d.shows(f.key(), crashing) { // whose message says more than that the lock is harmless
		return d, nil
	}
	fact := factOf(k, f)
	if k == nothing || m.Told[fact.Kind] == fact {
		return d, nil
	}
	m.Told = with(m.Told, fact.Kind, fact)
	d.stores = with(d.stores, f.key(), m)
	switch {
	case d.Quiet.off[switches[k]]:
		return d, nil
	case f.Away || d.holdsBack(now) || f.Store != "": // with several stores, others may have a message at the same moment
		return d.postpone(k, fact, f, now), nil
	}
	return d.show(f.key(), f.Store, message(k, f, now), claim{f.key(), k, fact})
}

// with returns a copy of m with one more entry, so that earlier Deciders, which share m, do not change.
func with[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	c := maps.Clone(m)
	if c == nil {
		c = map[K]V{}
	}
	c[k] = v
	return c
}
