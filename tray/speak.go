package tray

import (
	"fmt"
	"math/rand/v2"
	"time"

	"lockbar/lockcore"
	"lockbar/notify"
)

// The machines that share a store tell each other what runs on them, each in a file of its own there (lockcore.Announcement). This file
// writes ours. lockcore decides what it says and when.

// speaker holds what this machine says in one store.
type speaker struct {
	lockcore.Announcer
	due     time.Time   // when to decide again; zero: with the next change
	sayings chan saying // what is to be written: room for the newest; nil until there is something
	hushed  time.Time   // of the file that was taken away last
}

// saying is what to write in a store.
type saying struct {
	lockcore.Announcement        // zero: nothing
	retract               string // the id of the machine whose files go
}

const (
	// sayAgain is how long a file that could not be written waits. The disk may be full, or the store away.
	sayAgain = 30 * time.Second
	// sayAgainAtMost is how long it waits when that fails again and again.
	sayAgainAtMost = 10 * time.Minute
)

func (c Config) speaker(s *lockcore.Store) speaker {
	return speaker{Announcer: lockcore.Announcer{Machine: s.MachineID(), Version: c.Version}}
}

// speak writes what there is to say of each store, unless it is not known what the user chose.
func (l *loop) speak(now time.Time) {
	if l.mute || l.settings.Problem != "" {
		return
	}
	for i := range l.stores {
		if !l.settings.Talk {
			l.hush(i, now)
			l.hearAsk(i, now)
			continue
		}
		v := &l.speakers[i]
		var a lockcore.Announcement
		var ok bool
		if a, v.due, ok = v.Next(l.stores[i].Snapshot, l.memories[i], now); ok {
			l.say(i, saying{Announcement: a})
		}
		if v.Cloned() && !l.tookID {
			l.takeID(newID())
		}
		l.hearAsk(i, now)
	}
}

// hush takes our file away.
func (l *loop) hush(i int, now time.Time) {
	v := &l.speakers[i]
	file, written := l.stores[i].Snapshot.Peers.Own()
	_, said := v.Leave(now)
	if !said && (!written || file.At.Equal(v.hushed)) {
		return
	}
	v.Retract()
	v.hushed = file.At
	l.say(i, saying{retract: v.Machine})
}

// takeID takes another id, since another machine has ours: its disk may be a copy of this one's.
func (l *loop) takeID(id string) {
	l.log.trouble.Printf("another computer that shares a store has the id of this one, which is %s from now on", id)
	l.sharedID, l.tookID = id, true     // once: whoever follows us to the next one does it on purpose
	for i, s := range l.config.Stores { // the file is the other machine's from now on
		s.SetMachineID(id)
		l.speakers[i].ChangeID(id)
	}
	l.save()
}

// newID returns a random id in the form of machine.ID.
func newID() string {
	return fmt.Sprintf("%016x", rand.Uint64())
}

// say has something written, in place of what is not written yet.
func (l *loop) say(i int, s saying) {
	v := &l.speakers[i]
	if v.sayings == nil {
		v.sayings = make(chan saying, 1)
		store, sayings := l.config.Stores[i], v.sayings
		l.work.Go(func() { write(store, sayings, l.log) })
	}
	select {
	case <-v.sayings:
	default:
	}
	v.sayings <- s
}

// write writes what is said in a store, in a goroutine of its own: a mount may hang. What fails is tried again until something else is
// said.
func write(store *lockcore.Store, sayings <-chan saying, log logs) {
	var last saying
	var again <-chan time.Time
	pause, said := sayAgain, ""
	for {
		select {
		case s, open := <-sayings:
			if !open {
				return
			}
			last, pause = s, sayAgain
		case <-again:
			pause = min(2*pause, sayAgainAtMost)
		}
		again = nil
		err := last.write(store)
		if err == nil {
			said = ""
			continue
		}
		if err.Error() != said { // once for each trouble
			log.failed("other computers were not told", err)
		}
		said, again = err.Error(), time.After(pause)
	}
}

func (s saying) write(store *lockcore.Store) error {
	if s.retract != "" {
		return store.Retract(s.retract)
	}
	return store.Announce(s.Announcement)
}

// leave says in each store that nobody watches it here any more.
func (l *loop) leave(now time.Time) {
	for i := range l.speakers {
		v := &l.speakers[i]
		if a, said := v.Leave(now); said {
			l.say(i, saying{Announcement: a})
		}
		if v.sayings != nil {
			close(v.sayings)
		}
	}
}

// nextWord returns when there may be something to say by time alone. What is due already is not to be said: that is switched off.
func (l *loop) nextWord(now time.Time) (next time.Time) {
	for i := range l.speakers {
		if due := l.speakers[i].due; due.After(now) {
			next = notify.Earliest(next, due)
		}
	}
	return next
}
