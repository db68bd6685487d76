package tray

import (
	"slices"
	"time"

	"lockbar/icons"
	"lockbar/internal/config"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// input holds everything that the view depends on.
type input struct {
	Now        time.Time   // in the reader's time zone
	Stores     []storeView // at least one
	Notice     lastClick
	Delivery   notify.Delivery
	Settings   choices
	Recent     []past // oldest first
	Route      notify.Route
	Version    string
	Commit     string
	MenuOpened time.Time // when the menu was last opened, as far as the panel reports that
}

// exactTime bounds how long after an opening the menu shows ages in minutes. Then they are removed, since not every panel reports
// the next opening, and an old age would be wrong.
const exactTime = time.Minute

// exact reports whether the menu was opened so recently that ages below an hour are worth showing.
func (in input) exact() bool { return in.Now.Before(in.MenuOpened.Add(exactTime)) }

// storeView holds the state of one store. The Snapshot is zero before the first look.
type storeView struct {
	Name     string // its path, short
	Short    string // a short name, unique among several stores (see shortNames)
	Snapshot lockcore.Snapshot
	Ahead    *lockcore.State    // a newer state, which only the icon shows; nil: none
	Last     lockcore.Backup    // our newest change of its lock
	Life     lockcore.Lifecycle // the daemon's own report
	Health   watch.Health
	Served   bool       // a service starts its daemon here
	Doing    actionKind // the start or stop that is under way
	Asking   asking
}

// lastClick holds the result of the last click.
type lastClick struct {
	Text  string // without a full stop, like each line of the menu
	At    time.Time
	About actionKind // the click
}

// view holds what the tray shows.
type view struct {
	Icon    icons.Kind
	Tooltip string
	Menu    []menuItem
	Next    time.Time // when the view may change without an event; zero for never
}

// menuItem holds the content of a slot of the menu. For a given number of stores the slots are always the same; an item that is not
// needed is invisible. The menu is rebuilt when a slot has no entry left, or a panel has appeared. A click at that very moment is
// dropped.
type menuItem struct {
	ID        string
	Title     string
	Enabled   bool
	Visible   bool
	Separator bool
	Checkable bool
	Checked   bool
	Action    action
	Children  []menuItem
}

// actionKind names what a click does.
type actionKind uint8

const (
	doNothing       actionKind = iota
	doUnlock                   // remove a lock that, as far as Lockbar knows, is not in use
	doUnlockClaimed            // remove a lock that may be in use, confirmed
	doUndo
	doSetAside
	doCopyDetails
	doCopyCommand
	doOpenStore
	doOpenHistory
	doToggle     // a kind of notification
	doPutBack    // the lock that a daemon here lost; not clicked
	doAsk        // another computer to stop its daemon
	doToggleTalk // telling other computers what runs here
	doPauseHour
	doPauseTomorrow
	doResume
	doSendTest
	doToggleLogin
	doStopDaemon
	doStartDaemon
	doQuit
)

// action describes what a click does, and to which object.
type action struct {
	Do    actionKind
	Store int         // index in input.Stores
	Kind  config.Kind // with doToggle
	// Lock names the lock, backup, copies or daemon that a click acts on; empty if it acts on none. See slot.
	Lock string
	// Command is the text that doCopyCommand copies.
	Command string
	// InMessage is set for a click in a message. The message is gone, so the answer is a message too.
	InMessage bool
	// Seen is the view from which the item was last drawn. lockcore compares it with the store. It is nil for an action that never has a
	// Lock, and is never written to.
	Seen *storeView
}

// same returns the action without the fields that differ between two drawings of its item, or between the menu and a message.
func (a action) same() action {
	a.Seen, a.InMessage = nil, false
	return a
}

// changesLock reports whether a click changes a lock or its copies. (doPutBack changes one without a click.)
func (do actionKind) changesLock() bool {
	return do == doUnlock || do == doUnlockClaimed || do == doUndo || do == doSetAside
}

// isService reports whether the service manager does the action.
func (do actionKind) isService() bool { return do == doStopDaemon || do == doStartDaemon }

// noticeTime bounds how long the result of a click stays in the menu: long enough for a user who comes back to see it.
const noticeTime = 10 * time.Minute

// render returns the view of an input.
func render(in input) view {
	worst := worstOf(in.Stores)
	return view{
		Icon:    iconOf(in.Stores),
		Tooltip: tooltip(worst, len(in.Stores)),
		Menu:    menu(in),
		Next:    next(in),
	}
}

// iconOf returns the icon of the worst state. It is quick, since the icon is shown ahead of the rest.
func iconOf(stores []storeView) icons.Kind {
	worst := words.SignOf(stores[0].newest())
	for _, s := range stores[1:] {
		if sign := words.SignOf(s.newest()); sign.Severity > worst.Severity {
			worst = sign
		}
	}
	return worst.Icon
}

// newest returns the newest known state.
func (s storeView) newest() lockcore.State {
	if s.Ahead != nil {
		return *s.Ahead
	}
	return s.Snapshot.State
}

// worstOf returns the store with the most severe state, and of several such stores the first.
func worstOf(stores []storeView) storeView {
	worst := 0
	for i := range stores {
		if words.SignOf(stores[i].Snapshot.State).Severity > words.SignOf(stores[worst].Snapshot.State).Severity {
			worst = i
		}
	}
	return stores[worst]
}

// next returns the earliest time at which a lock's age is to be checked (nextAge), a daemon no longer counts as starting, or the notice, a
// pause or the display of minutes ends.
func next(in input) time.Time {
	times := []time.Time{in.Settings.PausedUntil, in.MenuOpened.Add(exactTime)}
	if in.Notice.Text != "" {
		times = append(times, in.Notice.At.Add(noticeTime))
	}
	for _, s := range in.Stores {
		if taken, known := s.Snapshot.Record.Started(); known {
			times = append(times, nextAge(taken, in.Now))
		}
		if starts := s.Snapshot.Starting.Started; !starts.IsZero() {
			times = append(times, starts.Add(lockcore.MaxStartup+1)) // then words.Beside says something else
		}
	}
	return notify.Earliest(slices.DeleteFunc(times, func(t time.Time) bool { return !t.After(in.Now) })...)
}

// slowAge bounds the time between two checks of an age against the clock: timers stand still while a laptop sleeps. A
// check costs next to nothing as long as nothing changed; a change costs some thirty context switches, since panels then
// read the whole menu again. So the menu shows minutes only after it was opened.
const slowAge = 10 * time.Minute

// nextAge returns when to check an age in the menu again: when it changes, or after slowAge.
func nextAge(since, now time.Time) time.Time {
	change := since.Add(now.Sub(since).Truncate(time.Hour) + time.Hour)
	if slow := now.Add(slowAge); slow.Before(change) {
		return slow
	}
	return change
}

// tooltipRunes keeps a tooltip below the 127 UTF-16 units at which Windows cuts it.
const tooltipRunes = 120

// tooltip returns the state without an age, so that it seldom changes.
func tooltip(worst storeView, stores int) string {
	text := "Lockbar: " + words.Title(worst.Snapshot)
	if stores > 1 {
		text += " (" + worst.Name + ")"
	}
	return cutEnd(text, tooltipRunes)
}

func line(id, title string) menuItem { return menuItem{ID: id, Title: title, Visible: title != ""} }

func separator(id string) menuItem { return menuItem{ID: id, Separator: true, Visible: true} }

func check(id, title string, on bool, a action) menuItem {
	return menuItem{ID: id, Title: title, Enabled: true, Visible: true, Checkable: true, Checked: on, Action: a}
}

func button(id, title string, visible bool, a action) menuItem {
	return menuItem{ID: id, Title: title, Enabled: true, Visible: visible, Action: a}
}

// Rules for the text of the menu: a line says one thing, in sentence case and without a full stop, in at most lineRunes. A clickable
// item is in title case, as Mac users know it. Every text from a file goes through words.Clean.
