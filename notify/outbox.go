package notify

import (
	"slices"
	"time"

	"lockbar/internal/words"
)

// Order says what a slot of the desktop shows from now on: a message, or nothing any more. The slot of a message about one store is
// the store's identity.
type Order struct {
	Slot    string
	Message Message
	Once    bool // it answers a click: never retried, and shown even in a pause
}

// The slots that belong to no store.
const (
	AnswerSlot = "answer" // what became of a click
	PanelSlot  = "panel"  // nobody shows the icon
	manySlot   = "stores" // begins those of what is told of several at once
)

// Letter is an order on its way to the desktop, and afterwards what the slot shows.
type Letter struct {
	ID       int       `json:"id"` // never 0
	Slot     string    `json:"slot,omitempty"`
	Message  Message   `json:"message"` // none: what Replaces names is withdrawn
	Written  time.Time `json:"written"`
	Tries    int       `json:"tries,omitzero"`
	Due      time.Time `json:"due,omitzero"`
	Shown    Handle    `json:"shown,omitzero"` // it is on the desktop; zero before, and where nobody keeps track
	Replaces Handle    `json:"-"`              // what the slot shows until now
	once     bool
	again    bool      // shown by an earlier process, so its buttons are dead
	sent     time.Time // when the Sender got it; zero: it waits, or is shown
}

// Outbox keeps letters until the desktop has taken them, and knows what it shows. It is a value, as the Decider is. Of each slot
// at most one letter is shown, one on its way, and one waits: a newer one takes the place of the one that waits.
type Outbox struct {
	letters []*Letter // none is changed: a changed one takes its place
	last    int       // the newest ID
	came    time.Time // when the service came last
	service string    // which it is
	earlier string    // which was there before
	early   []Event   // clicks on messages that are shown already, and of which Report is still to come
}

const (
	// maxLetters may wait: more than a page of notifications is noise. The oldest that is not urgent goes first.
	maxLetters = 16
	// letterAge is when a message that nobody could be shown is history only.
	letterAge = 24 * time.Hour
	// lateAge is when a message says when it was written.
	lateAge = 5 * time.Minute
)

// retries is how long to wait after each failure; the last one counts for all further ones. A service that comes back is used at
// once; this is for beeep, and for a failure that nobody announces the end of.
var retries = []time.Duration{5 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute}

// newOutbox takes in the letters of the process before.
func newOutbox(letters []*Letter, last int) Outbox {
	o := Outbox{letters: slices.DeleteFunc(letters, func(l *Letter) bool { return l == nil }), last: last}
	for _, l := range o.letters {
		o.last = max(o.last, l.ID)
		if l.Due.IsZero() {
			l.Due = l.Written
		}
	}
	return o
}

// Resume takes over what the previous process showed. Its buttons died with that process: an alarm is shown again in its place, and a
// calm message is withdrawn.
func (o Outbox) Resume() Outbox {
	if buttonsOutlive {
		return o
	}
	for _, l := range o.letters {
		if l.isShown() && !l.Message.Urgent && len(l.Message.Buttons) > 0 {
			o = o.drop(l.Slot)
		}
	}
	return o.change(func(l *Letter) bool { return l.isShown() && l.Message.Urgent }, func(l *Letter) { l.again = true })
}

// kept returns the letters that outlive the process.
func (o Outbox) kept() []*Letter {
	o = o.change(func(*Letter) bool { return true }, (*Letter).unask)
	return o.filter(func(l *Letter) bool { return !l.once || l.isShown() }).letters
}

// unask turns a question back into the message that it replaced.
func (l *Letter) unask() {
	if l.Message.Instead != nil {
		l.Message, l.once = *l.Message.Instead, false
	}
}

func (l *Letter) isShown() bool { return l.Shown != Handle{} }

func (l *Letter) waits() bool { return l.sent.IsZero() && (!l.isShown() || l.again) }

// withdraws reports whether a letter takes a message away and brings none.
func (l *Letter) withdraws() bool { return l.Message.IsZero() }

// Put adds orders.
func (o Outbox) Put(now time.Time, orders ...Order) Outbox {
	for _, order := range orders {
		o = o.overtake(order.Slot)
		if order.Message.IsZero() && !o.has(order.Slot) {
			continue
		}
		o = o.add(Letter{Slot: order.Slot, Message: order.Message, Written: now.Round(0), once: order.Once}) // by the wall clock: sleep counts
	}
	return o
}

// drop forgets what waits for a slot, and withdraws what it shows.
func (o Outbox) drop(slot string) Outbox {
	shown := o.shown(slot)
	o = o.filter(func(l *Letter) bool { return l.Slot != slot })
	if shown == (Handle{}) {
		return o
	}
	return o.add(Letter{Replaces: shown, once: true})
}

func (o Outbox) add(l Letter) Outbox {
	o.last++
	l.ID, l.Due = o.last, l.Written
	o.letters = append(slices.Clip(o.letters), &l)
	if waiting := o.waiting(); len(waiting) > maxLetters {
		o = o.without(leastWanted(waiting))
	}
	return o
}

func (o Outbox) waiting() []*Letter {
	return o.filter(func(l *Letter) bool { return l.waits() && !l.isShown() && !l.withdraws() }).letters
}

func leastWanted(waiting []*Letter) int {
	i := slices.IndexFunc(waiting, func(l *Letter) bool { return !l.Message.Urgent })
	return waiting[max(0, i)].ID
}

// overtake drops what waits for a slot.
func (o Outbox) overtake(slot string) Outbox {
	o = o.filter(func(l *Letter) bool { return l.Slot != slot || !l.waits() || l.isShown() })
	return o.change(func(l *Letter) bool { return l.Slot == slot && l.again }, func(l *Letter) { l.again = false })
}

// has reports whether a slot shows something, or soon will.
func (o Outbox) has(slot string) bool {
	return o.find(func(l *Letter) bool { return l.Slot == slot }) != nil
}

func (o Outbox) without(id int) Outbox {
	return o.filter(func(l *Letter) bool { return l.ID != id })
}

// filter keeps the letters that keep accepts.
func (o Outbox) filter(keep func(*Letter) bool) Outbox {
	o.letters = slices.DeleteFunc(slices.Clone(o.letters), func(l *Letter) bool { return !keep(l) })
	return o
}

// change puts a changed copy in the place of the letters that which accepts.
func (o Outbox) change(which func(*Letter) bool, change func(*Letter)) Outbox {
	o.letters = slices.Clone(o.letters)
	for i, l := range o.letters {
		if which(l) {
			changed := *l
			change(&changed)
			o.letters[i] = &changed
		}
	}
	return o
}

// find returns the first letter that which accepts; nil if there is none.
func (o Outbox) find(which func(*Letter) bool) *Letter {
	if i := slices.IndexFunc(o.letters, which); i >= 0 {
		return o.letters[i]
	}
	return nil
}

func withID(id int) func(*Letter) bool { return func(l *Letter) bool { return l.ID == id } }

// Take gives the letters that are due, for the Sender; each of them once, until Report. A slot's next letter waits for the report of
// the one before, which says what it replaces. Those that were tried and are too old now are dropped. In a pause only what nobody is
// disturbed by is given: what takes a message away, and the answer to a click.
func (o Outbox) Take(now time.Time, paused bool) (Outbox, []Letter) {
	var due []Letter
	o = o.filter(func(l *Letter) bool { return !l.waits() || l.Tries == 0 || !l.isOld(now) })
	for _, l := range o.letters {
		if l.waits() && !now.Before(l.Due) && !o.busy(l.Slot) && (!paused || l.isQuiet()) {
			o = o.change(withID(l.ID), func(l *Letter) { l.sent = now })
			sent := *l
			if l.Replaces == (Handle{}) {
				sent.Replaces = o.shown(l.Slot)
			}
			due = append(due, sent.dated(now))
		}
	}
	return o, due
}

func (l *Letter) isQuiet() bool { return l.withdraws() || l.once }

// busy reports whether a letter of a slot is on its way.
func (o Outbox) busy(slot string) bool {
	return slot != "" && o.find(func(l *Letter) bool { return l.Slot == slot && !l.sent.IsZero() }) != nil
}

// shown returns what a slot shows.
func (o Outbox) shown(slot string) Handle {
	if l := o.find(func(l *Letter) bool { return l.Slot == slot && l.isShown() }); l != nil {
		return l.Shown
	}
	return Handle{}
}

// isOld reports whether nobody wants to read it any more. An alarm is withdrawn when it is over.
func (l *Letter) isOld(now time.Time) bool { return !l.Message.Urgent && l.age(now) >= letterAge }

func (l *Letter) age(now time.Time) time.Duration { return now.Round(0).Sub(l.Written) }

// dated says of a late letter when it was written: its words are of then.
func (l Letter) dated(now time.Time) Letter {
	if l.age(now) >= lateAge && !l.withdraws() {
		at := "At " + words.Clock(l.Written, now) + ": "
		l.Message.Body = at + l.Message.Body
		if l.Message.Plain != "" {
			l.Message.Plain = at + l.Message.Plain
		}
	}
	return l
}

// Report takes in what became of a letter: shown as h, shown by a way that keeps no track (a zero Handle), or not shown, by h.Service
// if a service had it.
func (o Outbox) Report(id int, h Handle, shown bool, now time.Time) Outbox {
	l := o.find(withID(id))
	switch {
	case l == nil:
		return o
	case shown && l.withdraws():
		return o.without(id).clear(l.Slot)
	case shown:
		o = o.without(id).clear(l.Slot).keep(*l, h)
		if h.Service != "" && h.Service == o.earlier { // that it went overtook the report
			return o.arrived(o.service, now)
		}
		return o
	case l.once && l.Message.Instead == nil, l.isOld(now), o.isOvertaken(l) && !l.isShown():
		return o.without(id)
	case o.isOvertaken(l):
		return o.change(withID(id), func(l *Letter) { l.sent = time.Time{} })
	}
	return o.change(withID(id), func(l *Letter) { l.unask(); l.retry(now, o.came.After(l.sent) && h.Service != o.service) })
}

// isOvertaken reports whether a newer letter waits for the slot.
func (o Outbox) isOvertaken(l *Letter) bool {
	return l.Slot != "" && o.find(func(other *Letter) bool { return other.Slot == l.Slot && other.ID > l.ID }) != nil
}

// clear forgets what a slot has shown.
func (o Outbox) clear(slot string) Outbox {
	return o.filter(func(l *Letter) bool { return l.Slot != slot || !l.isShown() || !l.sent.IsZero() })
}

// keep notes what a slot shows now.
func (o Outbox) keep(l Letter, h Handle) Outbox {
	if h == (Handle{}) || l.Slot == "" { // nobody would take it back: it is a version's that knew no slots
		return o
	}
	l.Shown, l.Replaces, l.sent, l.again, l.Tries = h, Handle{}, time.Time{}, false, 0
	o.letters = append(slices.Clip(o.letters), &l)
	return o
}

// retry schedules a failed letter again, at once if a new service has appeared since.
func (l *Letter) retry(now time.Time, atOnce bool) {
	l.Due = now.Add(retries[min(l.Tries, len(retries)-1)])
	if atOnce {
		l.Due = now
	}
	l.Tries++
	l.again = l.isShown()
	l.sent = time.Time{}
}

// Press is a click on a button, and what its message was.
type Press struct {
	Button
	Letter Letter
}

// Concerns reports whether Happened has something to do with an event. Services may send everybody what concerns somebody else.
func (o Outbox) Concerns(e Event) bool {
	return e.Came != "" || o.find(func(l *Letter) bool { return l.isShown() && l.Shown == e.Handle || e.Button != "" && !l.sent.IsZero() }) != nil
}

// Shows returns what a slot shows, or soon will; a zero Message for nothing.
func (o Outbox) Shows(slot string) (m Message) {
	for _, l := range o.letters {
		if l.Slot == slot {
			m = l.Message
		}
	}
	return m
}

// Happened takes in what the desktop says. The Press is zero unless a button was clicked on a message that its slot shows.
func (o Outbox) Happened(e Event, now time.Time) (Outbox, Press) {
	if e.Came != "" {
		return o.arrived(e.Came, now), Press{}
	}
	l := o.find(func(l *Letter) bool { return l.isShown() && l.Shown == e.Handle })
	switch {
	case l == nil:
		return o.keepEarly(e), Press{}
	case e.Closed:
		return o.closed(l), Press{}
	}
	b := slices.IndexFunc(l.Message.Buttons, func(b Button) bool { return l.Key(b) == e.Button })
	if b < 0 {
		return o.keepEarly(e), Press{}
	}
	return o.without(l.ID).unshow(l, now), Press{l.Message.Buttons[b], *l}
}

// unshow takes a message away that was clicked: some services leave it there. It is taken away by a letter of its own: what the slot
// shows next is another message, and no late word of this one's end concerns that. One that is on its way stands in its place.
func (o Outbox) unshow(l *Letter, now time.Time) Outbox {
	if o.busy(l.Slot) {
		return o
	}
	return o.add(Letter{Replaces: l.Shown, Written: now.Round(0), once: true})
}

// keepEarly keeps a click on a message that the service may show already, while its answer is still on the way to Report. It does not
// keep that a message was closed, which may be another one of the same number.
func (o Outbox) keepEarly(e Event) Outbox {
	if e.Button != "" && o.find(func(l *Letter) bool { return !l.sent.IsZero() && !l.withdraws() }) != nil {
		o.early = append(slices.Clip(o.early), e)
		o.early = o.early[max(0, len(o.early)-maxLetters):]
	}
	return o
}

// Early gives what came before Report, to be given to Happened after it.
func (o Outbox) Early() (Outbox, []Event) {
	early := o.early
	o.early = nil
	return o, early
}

// closed forgets a closed message, but keeps its letter if that is being shown again.
func (o Outbox) closed(l *Letter) Outbox {
	if l.sent.IsZero() {
		return o.without(l.ID)
	}
	return o.change(withID(l.ID), func(l *Letter) { l.Shown = Handle{} })
}

// arrived makes waiting letters due, and forgets what another service showed. Urgent messages are shown again.
func (o Outbox) arrived(service string, now time.Time) Outbox {
	if o.came = now; service != o.service {
		o.earlier, o.service = o.service, service
	}
	o = o.filter(func(l *Letter) bool { return !l.lost(service) || l.Message.Urgent })
	o = o.change(func(l *Letter) bool { return l.lost(service) }, func(l *Letter) { l.Shown, l.again = Handle{}, false })
	return o.change((*Letter).waits, func(l *Letter) { l.Due = now })
}

// lost reports whether a letter was shown by another service.
func (l *Letter) lost(service string) bool {
	return l.isShown() && l.sent.IsZero() && l.Shown.Service != service
}

// Next is when Take has something to give, with a pause until that time; zero for never.
func (o Outbox) Next(paused time.Time) time.Time {
	var next time.Time
	for _, l := range o.letters {
		due := l.Due
		if due.Before(paused) && !l.isQuiet() {
			due = paused
		}
		if l.waits() && !o.busy(l.Slot) && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return next
}

// Waiting is how many letters were tried and not shown.
func (o Outbox) Waiting() (n int) {
	for _, l := range o.letters {
		if l.Tries > 0 {
			n++
		}
	}
	return n
}
