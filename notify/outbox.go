package notify

import (
	"slices"
	"time"

	"lockbar/internal/words"
)

// Letter is a message on its way to the desktop.
type Letter struct {
	ID       int       `json:"id"`             // never 0
	Slot     string    `json:"slot,omitempty"` // its place on the desktop, which shows one message at a time
	Message  Message   `json:"message"`        // none: what Replaces names is withdrawn
	Replaces Handle    `json:"-"`              // what the slot shows until now
	Written  time.Time `json:"written"`
	Tries    int       `json:"tries,omitzero"`
	Due      time.Time `json:"due,omitzero"`
	sent     bool      // is with the Sender
}

// Outbox keeps letters until the desktop has taken them. It is a value, as the Decider is.
type Outbox struct {
	letters []Letter
	last    int // the newest ID
}

const (
	// maxLetters: more than a page of notifications is noise. The oldest that is not urgent goes first.
	maxLetters = 16
	// letterAge is when a message that nobody could be shown is history only.
	letterAge = 24 * time.Hour
	// lateAge is when a message says when it was written.
	lateAge = 5 * time.Minute
)

// retries is how long to wait after each failure; the last one counts for all further ones. A notification service that
// crashed is back within the first, a session without one stays so, and a child process every quarter of an hour is cheap.
var retries = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute}

func newOutbox(letters []Letter) Outbox {
	o := Outbox{letters: letters}
	for _, l := range letters {
		o.last = max(o.last, l.ID)
	}
	return o
}

// Put adds messages.
func (o Outbox) Put(now time.Time, messages ...Message) Outbox {
	for _, m := range messages {
		o.last++
		o.letters = append(slices.Clip(o.letters), Letter{ID: o.last, Message: m, Written: now.Round(0)}) // by the wall clock: sleep counts
		if len(o.letters) > maxLetters {
			o = o.without(o.leastWanted())
		}
	}
	return o
}

func (o Outbox) leastWanted() int {
	for _, l := range o.letters {
		if !l.Message.Urgent {
			return l.ID
		}
	}
	return o.letters[0].ID
}

func (o Outbox) without(id int) Outbox {
	o.letters = slices.DeleteFunc(slices.Clone(o.letters), func(l Letter) bool { return l.ID == id })
	return o
}

// Take gives the letters that are due, for the Sender; each of them once, until Report. Those that were tried and are too old
// now are dropped.
func (o Outbox) Take(now time.Time) (Outbox, []Letter) {
	var due []Letter
	kept := slices.DeleteFunc(slices.Clone(o.letters), func(l Letter) bool { return !l.sent && l.Tries > 0 && l.isOld(now) })
	if len(kept) < len(o.letters) {
		o.letters = kept
	}
	for i, l := range kept {
		if !l.sent && !now.Before(l.Due) {
			kept[i].sent = true
			due = append(due, l.dated(now))
		}
	}
	if due != nil {
		o.letters = kept
	}
	return o, due
}

func (l Letter) isOld(now time.Time) bool { return l.age(now) >= letterAge }

func (l Letter) age(now time.Time) time.Duration { return now.Round(0).Sub(l.Written) }

// dated says of a late letter when it was written: its words are of then.
func (l Letter) dated(now time.Time) Letter {
	if l.age(now) >= lateAge {
		l.Message.Body = "At " + words.Clock(l.Written, now) + ": " + l.Message.Body
	}
	return l
}

// Report says what became of a letter: shown, or to be tried again.
func (o Outbox) Report(id int, shown bool, now time.Time) Outbox {
	i := slices.IndexFunc(o.letters, func(l Letter) bool { return l.ID == id })
	switch {
	case i < 0:
		return o
	case shown, o.letters[i].isOld(now):
		return o.without(id)
	}
	o.letters = slices.Clone(o.letters)
	l := &o.letters[i]
	l.Due = now.Add(retries[min(l.Tries, len(retries)-1)])
	l.Tries++
	l.sent = false
	return o
}

// Next is when Take has something to give; zero for never.
func (o Outbox) Next() time.Time {
	var next time.Time
	for _, l := range o.letters {
		if !l.sent && (next.IsZero() || l.Due.Before(next)) {
			next = l.Due
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
