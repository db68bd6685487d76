package tray

import (
	"context"
	"slices"
	"time"

	"lockbar/icons"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/notify"
)

// A button that acts on a lock or a daemon does what an item of the menu does, if the menu now offers that for the same object: the lock,
// the copies, the backup or the daemon that Button.Lock names. The message may be old, so its button never does what the menu does not offer. The one exception is Undo, which the newest answer may
// offer before the menu does.

// actionKinds lists the actions that a button may lead to. The menu offers at most one of them.
var actionKinds = map[notify.ButtonAction][]actionKind{
	notify.ForceUnlock: {doUnlock, doUnlockClaimed},
	notify.RemoveLock:  {doUnlockClaimed, doUnlock},
	notify.Undo:        {doUndo},
	notify.SetAside:    {doSetAside},
	notify.StopDaemon:  {doStopDaemon},
}

// storeOf returns the index of the store with this identity; -1 if there is none.
func (l *loop) storeOf(identity string) int {
	return slices.IndexFunc(l.config.Stores, func(s *lockcore.Store) bool { return s.Identity() == identity })
}

// pressed handles the click on a button. The click removes its message. A message that reports a fact about a store is shown again if the
// click is refused or fails, or is undone.
func (l *loop) pressed(ctx context.Context, p notify.Press) {
	l.keepDismissed(p)
	i := l.storeOf(p.Store)
	switch {
	case p.Do == notify.CopyCommand:
		l.bringBack(p.Store)
		// Windows shows no buttons; elsewhere words.StopHere returns StopCommand for each daemon.
		l.click(ctx, action{Do: doCopyCommand, Command: words.StopCommand, InMessage: true})
	case p.Do == notify.StartAtLogin:
		l.startAtLogin(ctx)
	case i < 0: // this process was started for other stores
		l.refuse(p, "Lockbar does not watch that store any more")
	case p.Do == notify.Cancel:
		l.bringBack(p.Store)
	case !l.seen[i]: // no look yet: on macOS the click has probably started this process
		l.refuse(p, "Lockbar has just been started; use its menu instead")
	default:
		l.pressedLock(ctx, p, l.offered(i, p.Button))
	}
}

func (l *loop) pressedLock(ctx context.Context, p notify.Press, a action) {
	switch {
	case a.Do == doNothing && p.Do == notify.StopDaemon:
		l.refuse(p, "It has ended already, or no service of yours can stop it any more")
	case a.Do == doNothing && p.Do == notify.SetAside:
		l.refuse(p, "They have changed or disappeared since this message was shown")
	case a.Do == doNothing && p.Do == notify.Undo:
		l.refuse(p, "There is a lock now, or another one was removed since this message was shown")
	case a.Do == doNothing:
		l.refuse(p, "The lock has changed since this message was shown, or cannot be read now")
	case a.Do == doUnlockClaimed && p.Do == notify.ForceUnlock:
		l.order(time.Now(), notify.Order{Slot: p.Store, Message: confirmation(p, a), Once: true}) // also during a pause: somebody waits for it
	default:
		a.InMessage = true
		l.click(ctx, a)
	}
}

// keepDismissed keeps the message that a click removed, or, if that message was a question, the one that the question replaced.
func (l *loop) keepDismissed(p notify.Press) {
	m := p.Letter.Message
	if m.Instead != nil {
		m = *m.Instead
	}
	if p.Letter.Slot == p.Store && l.outbox.Shows(p.Store).IsZero() { // else a newer message replaces it
		l.dismissed[p.Store] = m
	}
}

// bringBack shows again the message that a click removed, if it is still true.
func (l *loop) bringBack(store string) {
	if m, asked := l.dismissed[store]; asked && l.decider.HasMessage(store) {
		l.order(time.Now(), notify.Order{Slot: store, Message: m})
	}
	delete(l.dismissed, store)
}

// offered returns the action of a button; doNothing if it is no longer offered. The Undo of the newest answer is always offered: the
// answer may come before the watcher sees the removal, while the menu has no Undo yet. Restore refuses if there is a lock, or a newer
// removal.
func (l *loop) offered(i int, b notify.Button) action {
	s := l.stores[i]
	a := inMenu(i, s, b)
	if a.Do == doNothing && b.Do == notify.Undo && b.Lock != "" && b.Lock == l.removed.Path {
		s.Last = l.removed
		return action{Do: doUndo, Store: i, Lock: b.Lock, Seen: &s}
	}
	return a
}

// inMenu returns the action of the menu item that does the same as a button, to the same object; doNothing if there is none.
func inMenu(i int, s storeView, b notify.Button) (found action) {
	for _, item := range leaves(actions(i, s)) {
		if a := item.Action; item.Visible && slices.Contains(actionKinds[b.Do], a.Do) && a.Lock == b.Lock {
			return a
		}
	}
	return action{}
}

// leaves returns the items that show no submenu.
func leaves(items []menuItem) (all []menuItem) {
	for _, item := range items {
		if len(item.Children) > 0 && item.Visible {
			all = append(all, leaves(item.Children)...)
		} else {
			all = append(all, item)
		}
	}
	return all
}

// confirmation returns the question that replaces a message: whether to remove a lock that may be in use.
func confirmation(p notify.Press, a action) notify.Message {
	s := a.Seen.Snapshot
	m := notify.Message{Instead: &p.Letter.Message, Title: "Remove the lock of " + words.Host(s.Record) + "?", Urgent: p.Letter.Message.Urgent, Icon: words.SignOf(s.State).Icon}
	if s.Record.IsZero() {
		m.Title = "Remove the corrupt lock?"
	}
	m.Body = words.Title(s) + ". This stops no daemon: one that still runs may keep writing to the store together with the next one. A backup of the lock is kept."
	m.Buttons = []notify.Button{
		{Do: notify.RemoveLock, Label: removeTitle(s), Store: p.Store, Lock: p.Lock},
		{Do: notify.Cancel, Label: notify.CancelLabel, Store: p.Store},
	}
	return m
}

// refuse answers a click on a button that no longer does anything.
func (l *loop) refuse(p notify.Press, why string) {
	title := map[notify.ButtonAction]string{notify.Undo: "The lock was not put back", notify.SetAside: "The conflict copies were not moved", notify.StopDaemon: "The daemon was not stopped"}[p.Do]
	if title == "" {
		title = "The lock was not removed"
	}
	l.answer(notify.Message{Title: title, Body: why + ".", Icon: icons.Unknown})
	l.bringBack(p.Store)
}
