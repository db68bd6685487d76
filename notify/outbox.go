package notify

import (
	"slices"
	"time"
)

// Order sets what a slot of the desktop shows from now on: a message, or nothing. The slot of a message about one store is
// the store's identity.
type Order struct {
	Slot    string
	Message Message
	Once    bool // the message answers a click: it is never retried, and is shown even in a pause
}

// The slots that belong to no store.
const (
	AnswerSlot   = "answer"   // the result of a click
	PanelSlot    = "panel"    // no panel shows the icon
	GreetingSlot = "greeting" // the first start
	manySlot     = "stores"   // begins the slots of messages about several stores
)

// Outbox keeps letters until the desktop has accepted them, and remembers what it shows. It is a value, as the Decider is. A slot has at
// most one letter that is shown, one on its way, and one that waits. A newer letter replaces the one that waits.
type Outbox struct {
	letters  []*Letter      // never modified: a changed copy replaces a letter
	last     int            // the newest ID
	appeared time.Time      // when a service last appeared
	service  string         // the name of that service
	earlier  string         // the name of the previous one
	early    []DesktopEvent // clicks on messages that are shown but not reported yet
}

const (
	// maxLetters limits the waiting letters: more than a page of notifications is noise. The oldest that is not urgent is dropped first.
	maxLetters = 16
	// letterAge is the age at which a message that could not be shown is dropped, unless it is urgent.
	letterAge = 24 * time.Hour
	// lateAge is the age from which a message states when it was written.
	lateAge = 5 * time.Minute
)

// retries holds the wait after each failure. The last wait applies to all further failures. A service that comes back is used at once, so
// the waits matter only for beeep, and for failures whose end no event announces.
var retries = []time.Duration{5 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute}

// newOutbox returns the outbox of the previous process. That process may have been an older version, which saved no Due.
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

// Resume takes over the messages that the previous process showed. If their buttons died with that process, an alarm is shown again in
// its place, and a calm message with buttons is withdrawn.
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

// kept returns the letters that outlive the process. It keeps a letter on its way, which is better shown twice than never. It does not keep
// an answer that is not shown yet, nor a withdrawal without a slot, whose Handle is not saved. It drops a greeting on its way too, since an
// app that is killed early each time would greet at each start.
func (o Outbox) kept() []*Letter {
	o = o.change(func(*Letter) bool { return true }, (*Letter).dropQuestion)
	return o.filter(func(l *Letter) bool {
		return l.isShown() || !l.once && (l.Slot != GreetingSlot || l.sent.IsZero())
	}).letters
}

// Put adds orders.
func (o Outbox) Put(now time.Time, orders ...Order) Outbox {
	for _, order := range orders {
		o = o.overtake(order.Slot)
		if order.Message.IsZero() && !o.has(order.Slot) {
			continue
		}
		o = o.add(Letter{Slot: order.Slot, Message: order.Message, Written: now.Round(0), once: order.Once}) // Round: the wall clock counts sleep
	}
	return o
}

// drop forgets the letters of a slot, and withdraws the message that the slot shows.
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

// overtake drops the waiting letter of a slot, and no longer has the shown one shown again.
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

// change replaces the letters that which accepts by changed copies.
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

// Take returns the letters that are due, for the Sender. It does not return them again before Report. A slot's next letter waits for the
// report of the previous one, whose Handle it replaces. Take drops letters that were tried and are too old now. In a pause it returns only
// letters that disturb nobody: withdrawals, and answers to clicks.
func (o Outbox) Take(now time.Time, paused bool) (Outbox, []Letter) {
	var due []Letter
	o = o.filter(func(l *Letter) bool { return !l.waits() || l.Tries == 0 || !l.isOld(now) })
	for _, l := range o.letters {
		isDue := l.Tries == 0 || !isAhead(l.Due, now, retries[len(retries)-1]) // no letter waits for a clock that was set back
		if l.waits() && isDue && !o.busy(l.Slot) && (!paused || l.isQuiet()) {
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

// busy reports whether a letter of a slot is on its way.
func (o Outbox) busy(slot string) bool {
	return slot != "" && o.find(func(l *Letter) bool { return l.Slot == slot && !l.sent.IsZero() }) != nil
}

// shown returns the message that a slot shows.
func (o Outbox) shown(slot string) Handle {
	if l := o.find(func(l *Letter) bool { return l.Slot == slot && l.isShown() }); l != nil {
		return l.Shown
	}
	return Handle{}
}

// Report handles the outcome of a letter. If it was shown, h is its Handle, or zero if delivery does not track messages. If it was not
// shown, h.Service is the service that failed to show it; empty if none received it.
func (o Outbox) Report(id int, h Handle, shown bool, now time.Time) Outbox {
	l := o.find(withID(id))
	switch {
	case l == nil:
		return o
	case shown && l.withdraws():
		return o.without(id).clear(l.Slot)
	case shown:
		o = o.without(id).clear(l.Slot).keep(*l, h)
		if h.Service != "" && h.Service == o.earlier { // the end of that service was handled before this report
			return o.serviceAppeared(o.service, now)
		}
		return o
	case l.once && l.Message.Instead == nil, l.isOld(now), o.isOvertaken(l) && !l.isShown():
		return o.without(id)
	case o.isOvertaken(l):
		return o.change(withID(id), func(l *Letter) { l.sent = time.Time{} })
	}
	return o.change(withID(id), func(l *Letter) { l.dropQuestion(); l.retry(now, o.appeared.After(l.sent) && h.Service != o.service) })
}

// isOvertaken reports whether a newer letter waits for the slot.
func (o Outbox) isOvertaken(l *Letter) bool {
	return l.Slot != "" && o.find(func(other *Letter) bool { return other.Slot == l.Slot && other.ID > l.ID }) != nil
}

// clear forgets the message that a slot has shown.
func (o Outbox) clear(slot string) Outbox {
	return o.filter(func(l *Letter) bool { return l.Slot != slot || !l.isShown() || !l.sent.IsZero() })
}

// keep records the message that a slot shows now.
func (o Outbox) keep(l Letter, h Handle) Outbox {
	if h == (Handle{}) {
		return o
	}
	l.Shown, l.Replaces, l.sent, l.again, l.Tries = h, Handle{}, time.Time{}, false, 0
	o.letters = append(slices.Clip(o.letters), &l)
	return o
}

// Next returns when the next letter is due; zero for never. paused is the end of a pause, which delays letters as in Take.
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
