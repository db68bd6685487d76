package tray

import (
	"fmt"
	"time"

	"lockbar/icons"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/notify"
)

// If two daemons run, the user of this machine can ask the user of the other machine to stop the daemon there. The request is part of
// this machine's announcement (lockcore.Ask). The other machine shows the request, and does nothing without a click there.

// asking holds the requests to and from other machines in one store.
type asking struct {
	Can   bool          // this machine announces what runs on it, so it can ask too
	Ours  lockcore.Ask  // our request; zero: none
	Asker lockcore.Peer // the machine that asks us; zero: none
}

// peerName returns the name of a machine in menus and messages.
func peerName(p lockcore.Peer) string { return words.ShortHost(lockcore.Record{Hostname: p.Host}) }

// askable returns the first machine that can be asked; zero if there is none, if one has been asked already, or if announcing is off.
func (s *storeView) askable() lockcore.Peer {
	if list := lockcore.Askable(s.Snapshot); s.Asking.Can && len(list) > 0 && s.Asking.Ours == (lockcore.Ask{}) {
		return list[0]
	}
	return lockcore.Peer{}
}

// askItem returns the item that sends a request. It acts on one daemon of one machine.
func askItem(i int, s *storeView) menuItem {
	p := s.askable()
	a := action{Do: doAsk, Store: i, Lock: fmt.Sprint(p.Machine, " ", p.Daemon.PID, " ", p.Daemon.StartedAt), Seen: s}
	return button(id(i, "ask"), "Ask "+peerName(p)+" to Stop Its Daemon", p.Machine != "", a)
}

// askLines returns the lines about requests to this machine and from it.
func askLines(s *storeView, now time.Time) []string {
	asker, asked := "", ""
	if s.Asking.Asker.Machine != "" {
		asker = peerName(s.Asking.Asker) + " asks you to stop the daemon here"
	}
	for _, p := range s.Snapshot.Peers.List() {
		if p.Machine == s.Asking.Ours.Machine {
			asked = peerName(p) + " was asked at " + words.Clock(s.Asking.Ours.At, now) + " to stop its daemon"
		}
	}
	return []string{asker, asked}
}

// ask sends a request about the daemon that the item was drawn for, if it still runs, and if this machine announces now. A second click on
// the same item does nothing.
func (l *loop) ask(a action) {
	p, v := a.Seen.askable(), &l.announcers[a.Store]
	text := peerName(p) + " was not asked: its daemon has ended"
	switch now, asked := l.stores[a.Store].askable(), v.Pending(); {
	case asked.Machine == p.Machine && asked.Daemon == p.Daemon:
		return
	case l.settings.Problem != "": // then announce writes nothing
		text = peerName(p) + " was not asked: the settings cannot be read"
	case !l.settings.Talk:
		text = peerName(p) + " was not asked: Tell Other Computers is off"
	case now.Machine == p.Machine && now.Daemon == p.Daemon:
		v.Request(p, time.Now())
		text = peerName(p) + " was asked to stop its daemon"
	}
	l.notice = lastClick{text, time.Now(), a.Do}
}

// askSlot returns the slot of the message about a request to stop the daemon of a store.
func (l *loop) askSlot(i int) string { return "ask " + l.config.Stores[i].Identity() }

// updateAsk shows a request from another machine, and withdraws the message when the request is over.
func (l *loop) updateAsk(i int, now time.Time) {
	s, v := &l.stores[i], &l.announcers[i]
	s.Asking.Can, s.Asking.Ours = l.settings.Talk, v.Pending()
	before := s.Asking.Asker
	s.Asking.Asker = v.Asker(s.Snapshot, now)
	if ask := s.Asking.Asker.Ask; ask.Machine == before.Ask.Machine && ask.Daemon == before.Ask.Daemon && s.Asking.Asker.Machine == before.Machine {
		return // a repeated request is shown once
	}
	o := notify.Order{Slot: l.askSlot(i)}
	if s.Asking.Asker.Machine != "" {
		o.Message = askedMessage(s, l.config.Stores[i].Identity(), l.storeName(i))
	}
	l.order(now, o)
	l.post(now)
}

// storeName returns the name of a store in a sentence.
func (l *loop) storeName(i int) string {
	if len(l.stores) == 1 {
		return "the store"
	}
	return l.stores[i].Name
}

func askedMessage(s *storeView, identity, store string) notify.Message {
	host := words.Host(lockcore.Record{Hostname: s.Asking.Asker.Host})
	return notify.Message{
		Title: "Stop the daemon here? Asked by " + host,
		Body: fmt.Sprintf("Two daemons write to %s. Whoever is at %s asks you to stop the one on %s (PID %d): \"%s\". Lockbar stops nothing by itself.",
			store, host, words.Machine(), s.Asking.Asker.Ask.Daemon.PID, words.StopHere(s.Snapshot)),
		Urgent: true, Icon: icons.Contested,
		Buttons: []notify.Button{{Do: notify.CopyCommand, Label: notify.CopyCommandLabel, Store: identity, Lock: notify.LockName(s.Snapshot)}},
	}
}

// nextAsk returns when to check whether a request has expired; zero if there is none.
func (l *loop) nextAsk() (next time.Time) {
	for i := range l.stores {
		if a := l.stores[i].Asking; a.Asker.Machine != "" || a.Ours != (lockcore.Ask{}) {
			next = time.Now().Add(slowAge)
		}
	}
	return next
}
