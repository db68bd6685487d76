package demo

import (
	"context"
	"time"

	"lockbar/lockcore"
)

const (
	// hereID and thereID name the two machines in the store, in place of the user's real id.
	hereID, thereID = "1111111111111111", "2222222222222222"
	// othersPID is the PID of the other machine's daemon. It is unrelated to processes here.
	othersPID = 4242
)

// other is the other machine. It has no process here, only locks and the announcements of its Lockbar.
type other struct {
	store *lockcore.Store       // opened as that machine
	word  lockcore.Announcement // the last announcement
	began lockcore.DaemonID     // the daemon that started last
}

// lock starts a daemon there, and returns its lock.
func (o *other) lock() []byte {
	r := lockcore.NewRecord(othersPID, o.word.Host, time.Now())
	o.began.PID, o.began.StartedAt = r.PID, r.StartedAt
	return r.Encode()
}

// announceDaemon announces that the daemon that started last runs there.
func (o *other) announceDaemon() error {
	o.word.Daemon = o.began
	return o.announce()
}

// announceEnd announces that no daemon runs there. If the lock names that machine, it also announces that the lock's holder is gone.
func (o *other) announceEnd(ctx context.Context) error {
	o.word.Daemon, o.word.Gone[0] = lockcore.DaemonID{}, ""
	if lock := o.store.Inspect(ctx, lockcore.Memory{}); lockcore.SameHost(lock.Record.Hostname, o.word.Host) {
		o.word.Gone[0] = lock.Token
	}
	return o.announce()
}

// announce writes the file of that machine. Each announcement has a later time than the last one, or readers would ignore it as old.
func (o *other) announce() error {
	last := o.word.At
	if o.word.At = time.Now().UTC(); !o.word.At.After(last) {
		o.word.At = last.Add(time.Millisecond)
	}
	return o.store.Announce(o.word)
}

// hears reports whether that machine sees an announcement of a daemon on another machine.
func (o *other) hears(ctx context.Context) bool {
	return len(o.store.Inspect(ctx, lockcore.Memory{}).Elsewhere()) > 0
}
