package notify

import (
	"time"

	"lockbar/internal/words"
)

// Letter holds an order on its way to the desktop, and afterwards the message that the slot shows.
type Letter struct {
	ID       int       `json:"id"` // never 0
	Slot     string    `json:"slot,omitempty"`
	Message  Message   `json:"message"` // zero to withdraw the message that Replaces names
	Written  time.Time `json:"written"`
	Tries    int       `json:"tries,omitzero"`
	Due      time.Time `json:"due,omitzero"`
	Shown    Handle    `json:"shown,omitzero"` // the message on the desktop; zero before, and if delivery does not track messages
	Replaces Handle    `json:"-"`              // the message that the slot shows now
	once     bool      // never retried, see Order
	again    bool      // to be shown again: an earlier process showed it, so its buttons are dead
	sent     time.Time // when the Sender got it; zero while it waits or is shown
}

// dropQuestion turns a question back into the message that it replaced.
func (l *Letter) dropQuestion() {
	if l.Message.Instead != nil {
		l.Message, l.once = *l.Message.Instead, false
	}
}

func (l *Letter) isShown() bool { return l.Shown != Handle{} }

func (l *Letter) waits() bool { return l.sent.IsZero() && (!l.isShown() || l.again) }

// withdraws reports whether a letter only removes a message.
func (l *Letter) withdraws() bool { return l.Message.IsZero() }

func (l *Letter) isQuiet() bool { return l.withdraws() || l.once }

// isOld reports whether a letter is too old to show. An alarm never is, since it is withdrawn when it is over.
func (l *Letter) isOld(now time.Time) bool { return !l.Message.Urgent && l.age(now) >= letterAge }

func (l *Letter) age(now time.Time) time.Duration { return now.Round(0).Sub(l.Written) }

// dated begins the text of a late letter with the time of writing, which the text describes.
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

// retry schedules a failed letter again, at once if a new service has appeared since it was sent.
func (l *Letter) retry(now time.Time, atOnce bool) {
	l.Due = now.Add(retries[min(l.Tries, len(retries)-1)])
	if atOnce {
		l.Due = now
	}
	l.Tries++
	l.again = l.isShown()
	l.sent = time.Time{}
}
