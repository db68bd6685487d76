package notify

import (
	"slices"
	"time"
)

// Press is a click on a button, with the letter of its message.
type Press struct {
	Button
	Letter Letter
}

// Handles reports whether HandleEvent has something to do for an event: some services also send us events of other programs' messages.
func (o Outbox) Handles(e DesktopEvent) bool {
	return e.Appeared != "" || o.find(func(l *Letter) bool { return l.isShown() && l.Shown == e.Handle || e.Button != "" && !l.sent.IsZero() }) != nil
}

// Shows returns the message that a slot shows, or soon will; zero for none.
func (o Outbox) Shows(slot string) (m Message) {
	for _, l := range o.letters {
		if l.Slot == slot {
			m = l.Message
		}
	}
	return m
}

// HandleEvent handles an event of the desktop. The Press is zero unless a button was clicked on a message that its slot shows.
func (o Outbox) HandleEvent(e DesktopEvent, now time.Time) (Outbox, Press) {
	if e.Appeared != "" {
		return o.serviceAppeared(e.Appeared, now), Press{}
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

// unshow withdraws a message that was clicked, since some services leave it on the screen. It uses a letter without a slot, so that a
// late report about it does not affect the slot's next message. If a letter of the slot is on its way, that replaces the message anyway.
func (o Outbox) unshow(l *Letter, now time.Time) Outbox {
	if o.busy(l.Slot) {
		return o
	}
	return o.add(Letter{Replaces: l.Shown, Written: now.Round(0), once: true})
}

// keepEarly keeps a click on a message that the service may already show although its answer has not reached Report yet. It does not
// keep a closing, which may be that of an earlier message with the same number.
func (o Outbox) keepEarly(e DesktopEvent) Outbox {
	if e.Button != "" && o.find(func(l *Letter) bool { return !l.sent.IsZero() && !l.withdraws() }) != nil {
		o.early = append(slices.Clip(o.early), e)
		o.early = o.early[max(0, len(o.early)-maxLetters):]
	}
	return o
}

// Early removes and returns the clicks that keepEarly kept. After Report, the caller passes them to HandleEvent.
func (o Outbox) Early() (Outbox, []DesktopEvent) {
	early := o.early
	o.early = nil
	return o, early
}

// closed forgets a closed message, but keeps its letter if that is on its way to be shown again.
func (o Outbox) closed(l *Letter) Outbox {
	if l.sent.IsZero() {
		return o.without(l.ID)
	}
	return o.change(withID(l.ID), func(l *Letter) { l.Shown = Handle{} })
}

// serviceAppeared makes waiting letters due, and forgets messages that another service showed. It has urgent ones shown again.
func (o Outbox) serviceAppeared(service string, now time.Time) Outbox {
	if o.appeared = now; service != o.service {
		o.earlier, o.service = o.service, service
	}
	o = o.filter(func(l *Letter) bool { return !l.lost(service) || l.Message.Urgent })
	o = o.change(func(l *Letter) bool { return l.lost(service) }, func(l *Letter) { l.Shown, l.again = Handle{}, false })
	return o.change((*Letter).waits, func(l *Letter) { l.Due = now })
}

// lost reports whether another service showed a letter, and the letter is not on its way to be shown again.
func (l *Letter) lost(service string) bool {
	return l.isShown() && l.sent.IsZero() && l.Shown.Service != service
}
