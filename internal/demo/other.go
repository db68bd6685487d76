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
	store         *lockcore.Store // as that machine has it
	host, version string
	took          lockcore.Record       // the lock that its daemon took last
	said          lockcore.Announcement // what its Lockbar said last
	answered      lockcore.DaemonID     // our daemon that it repeated its word for
}

func newOther(dir, host, version, stateDir string) (*other, error) {
	store, err := lockcore.Open(dir, lockcore.Options{Hostname: host, Machine: thereID, StateDir: stateDir})
	return &other{store: store, host: host, version: version}, err
}

// lock starts a daemon there, and returns the lock that it takes.
func (o *other) lock() lockcore.Record {
	o.took = lockcore.NewRecord(othersPID, o.host, time.Now())
	return o.took
}

// runs says that the daemon runs there.
func (o *other) runs() error {
	return o.say(lockcore.Announcement{Watching: true, Daemon: lockcore.DaemonID{PID: o.took.PID, StartedAt: o.took.StartedAt}})
}

// ended says that no daemon runs there.
func (o *other) ended() error { return o.say(lockcore.Announcement{Watching: true}) }

// crashed says that the daemon is gone which took the lock that is there.
func (o *other) crashed(ctx context.Context) error {
	a := lockcore.Announcement{Watching: true}
	if lock := o.store.Inspect(ctx, lockcore.Memory{}); lockcore.SameHost(lock.Record.Hostname, o.host) {
		a.Gone[0] = lock.Token
	}
	return o.say(a)
}

// quit says what a Lockbar says at its end. Nobody speaks for that machine from then on.
func (o *other) quit() error {
	a := o.said
	a.Watching = false
	return o.say(a)
}

// say writes the file of that machine. Each one has a later time than the one before, or it would be taken for an old one.
func (o *other) say(a lockcore.Announcement) error {
	a.Machine, a.Host, a.Version, a.At = thereID, o.host, o.version, time.Now().Round(0).UTC()
	if !a.At.After(o.said.At) {
		a.At = o.said.At.Add(time.Millisecond)
	}
	o.said = a
	return o.store.Announce(a)
}

// answer repeats what that machine says of its daemon when it hears of another one of ours, as a Lockbar does.
func (o *other) answer(ours lockcore.DaemonID) {
	none := lockcore.DaemonID{}
	if ours == none || ours == o.answered || o.said.Daemon == none {
		return
	}
	o.answered = ours
	_ = o.say(o.said) // who has deleted the store meanwhile hears nothing of it
}

// hears reports whether that machine has heard that a daemon runs elsewhere.
func (o *other) hears(ctx context.Context) bool {
	return len(o.store.Inspect(ctx, lockcore.Memory{}).Elsewhere()) > 0
}

// retract takes back what was said there.
func (o *other) retract() {
	_ = o.store.Retract(thereID)
	o.said = lockcore.Announcement{At: o.said.At}
}
