package demo

import (
	"context"
	"time"

	"lockbar/lockcore"
)

const (
	// hereID and thereID name the two machines in the store, in place of the user's real id.
	hereID, thereID = "1111111111111111", "2222222222222222"
	// othersPID is the PID that the other machine's daemon says it has. It says nothing about processes here.
	othersPID = 4242
)

// other is the other machine. Its daemon is no process here: there are only its locks, and what its Lockbar says.
type other struct {
	store *lockcore.Store       // as that machine has it
	word  lockcore.Announcement // what its Lockbar says
	began lockcore.DaemonID     // its daemon that began last
}

// lock starts a daemon there, and returns the lock that it takes.
func (o *other) lock() []byte {
	r := lockcore.NewRecord(othersPID, o.word.Host, time.Now())
	o.began.PID, o.began.StartedAt = r.PID, r.StartedAt
	return r.Encode()
}

// runs says that the daemon runs there which began last.
func (o *other) runs() error {
	o.word.Daemon = o.began
	return o.say()
}

// ended says that no daemon runs there, and that the one is gone which took the lock that is there.
func (o *other) ended(ctx context.Context) error {
	o.word.Daemon, o.word.Gone[0] = lockcore.DaemonID{}, ""
	if lock := o.store.Inspect(ctx, lockcore.Memory{}); lockcore.SameHost(lock.Record.Hostname, o.word.Host) {
		o.word.Gone[0] = lock.Token
	}
	return o.say()
}

// say writes the file of that machine. Each one has a later time than the one before, or it would be taken for an old one.
func (o *other) say() error {
	last := o.word.At
	if o.word.At = time.Now().UTC(); !o.word.At.After(last) {
		o.word.At = last.Add(time.Millisecond)
	}
	return o.store.Announce(o.word)
}

// hears reports whether that machine has heard that a daemon runs elsewhere.
func (o *other) hears(ctx context.Context) bool {
	return len(o.store.Inspect(ctx, lockcore.Memory{}).Elsewhere()) > 0
}
