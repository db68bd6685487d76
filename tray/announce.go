package tray

import (
	"fmt"
	"math/rand/v2"
	"time"

	"lockbar/lockcore"
	"lockbar/notify"
)

// The machines that share a store announce to each other what runs on them, each in a file of its own in the store
// (lockcore.Announcement). The code here writes this machine's file. lockcore decides what is announced, and when.

// announcer announces what runs here, in one store.
type announcer struct {
	lockcore.Announcer
	due       time.Time       // when to decide again; zero: at the next change
	writes    chan storeWrite // holds the newest write, if it has not begun; nil before the first write
	retracted time.Time       // the time in the file that was retracted last
}

// storeWrite describes a write to a store: an announcement, or its retraction.
type storeWrite struct {
	lockcore.Announcement
	retract string // the id of the machine whose file is removed; empty: the announcement is written
}

const (
	// announcePause delays the retry of a failed write: the disk may be full, or the store missing.
	announcePause = 30 * time.Second
	// maxAnnouncePause limits that delay, which doubles with each failure.
	maxAnnouncePause = 10 * time.Minute
)

func (c Config) announcer(s *lockcore.Store) announcer {
	return announcer{Announcer: lockcore.Announcer{Machine: s.MachineID(), Version: c.Version}}
}

// announce starts the due writes to all stores, or retracts our files if announcing is off, and updates the requests. It does nothing while
// the settings are unknown or cannot be read, since announcing may be off.
func (l *loop) announce(now time.Time) {
	if l.mute || l.settings.Problem != "" {
		return
	}
	for i := range l.stores {
		if !l.settings.Talk {
			l.retract(i, now)
			l.updateAsk(i, now)
			continue
		}
		v := &l.announcers[i]
		var a lockcore.Announcement
		var ok bool
		if a, v.due, ok = v.Next(l.stores[i].Snapshot, l.memories[i], now); ok {
			l.startWrite(i, storeWrite{Announcement: a})
		}
		if v.Cloned() && !l.idReplaced {
			l.replaceID(newID())
		}
		l.updateAsk(i, now)
	}
}

// retract removes our file, if there is one.
func (l *loop) retract(i int, now time.Time) {
	v := &l.announcers[i]
	file, written := l.stores[i].Snapshot.Peers.Own()
	_, announced := v.Leave(now)
	if !announced && (!written || file.At.Equal(v.retracted)) {
		return
	}
	v.Retract()
	v.retracted = file.At
	l.startWrite(i, storeWrite{retract: v.Machine})
}

// replaceID replaces our id, since another machine has the same one: its disk may be a copy of ours.
func (l *loop) replaceID(id string) {
	l.log.trouble.Printf("another computer that shares a store has the same id as this one; the id of this one is now %s", id)
	l.sharedID, l.idReplaced = id, true // only once: a machine that copies the new id too does it on purpose
	for i, s := range l.config.Stores { // the old file belongs to the other machine from now on
		s.SetMachineID(id)
		l.announcers[i].ChangeID(id)
	}
	l.save()
}

// newID returns a random id in the form of machine.ID.
func newID() string {
	return fmt.Sprintf("%016x", rand.Uint64())
}

// startWrite starts a write to a store. It replaces a write that has not begun.
func (l *loop) startWrite(i int, s storeWrite) {
	v := &l.announcers[i]
	if v.writes == nil {
		v.writes = make(chan storeWrite, 1)
		store, writes := l.config.Stores[i], v.writes
		l.work.Go(func() { write(store, writes, l.log) })
	}
	select {
	case <-v.writes:
	default:
	}
	v.writes <- s
}

// write does the writes to a store until writes is closed. It retries a failed write until a newer one replaces it. It has a goroutine
// to itself, since a mount may hang.
func write(store *lockcore.Store, writes <-chan storeWrite, log logs) {
	var last storeWrite
	var retry <-chan time.Time
	pause, logged := announcePause, ""
	for {
		select {
		case s, open := <-writes:
			if !open {
				return
			}
			last, pause = s, announcePause
		case <-retry:
			pause = min(2*pause, maxAnnouncePause)
		}
		retry = nil
		err := last.write(store)
		if err == nil {
			logged = ""
			continue
		}
		if err.Error() != logged { // each error once
			log.note("not announced to other computers", err)
		}
		logged, retry = err.Error(), time.After(pause)
	}
}

func (s storeWrite) write(store *lockcore.Store) error {
	if s.retract != "" {
		return store.Retract(s.retract)
	}
	return store.Announce(s.Announcement)
}

// announceEnd announces, in each store in which this machine has announced anything, that Lockbar no longer watches the store here.
func (l *loop) announceEnd(now time.Time) {
	for i := range l.announcers {
		v := &l.announcers[i]
		if a, announced := v.Leave(now); announced {
			l.startWrite(i, storeWrite{Announcement: a})
		}
		if v.writes != nil {
			close(v.writes)
		}
	}
}

// nextAnnouncement returns when the next announcement may become due without an event. It ignores one that is overdue: that one was not
// written because announcing is off, or the settings cannot be read.
func (l *loop) nextAnnouncement(now time.Time) (next time.Time) {
	for i := range l.announcers {
		if due := l.announcers[i].due; due.After(now) {
			next = notify.Earliest(next, due)
		}
	}
	return next
}
