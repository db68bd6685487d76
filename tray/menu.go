package tray

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/notify"
)

// menu is the whole menu: flat for one store, a submenu for each of several.
func menu(in input) []menuItem {
	var items []menuItem
	if len(in.Stores) == 1 {
		items = append(items, storeLines(0, in.Stores[0], in.Now)...)
	} else {
		items = sections(in)
	}
	items = append(items,
		line("notice", notice(in)),
		line("delivery", delivery(in)),
		line("settings", in.Settings.Problem),
		line("paused", pausedLine(in)),
		separator("actions"))
	if len(in.Stores) == 1 {
		items = append(items, actions(0, in.Stores[0])...)
	}
	return append(items,
		recent(in),
		button("copy", "Copy Details", true, action{Do: doCopyDetails}),
		separator("preferences"),
		menuItem{ID: "notifications", Title: "Notifications", Enabled: true, Visible: true, Children: settingsItems(in)},
		startAtLogin(in),
		line("login.off", loginOff(in)),
		separator("end"),
		about(in),
		button("quit", "Quit Lockbar", true, action{Do: doQuit}),
	)
}

// recent is the newest events in a fixed number of places, newest first, filled whether it is open or not: some panels
// read a submenu only once.
func recent(in input) menuItem {
	names := map[string]string{}
	for _, s := range in.Stores {
		names[s.Snapshot.Store] = s.Name
	}
	item := menuItem{ID: "recent", Title: "Recent Activity", Enabled: true, Visible: len(in.Recent) > 0}
	for i := range shownPast {
		title := ""
		if i < len(in.Recent) {
			title = in.Recent[len(in.Recent)-1-i].title(names, in.Now)
		}
		item.Children = append(item.Children, line("recent."+strconv.Itoa(i), title))
	}
	item.Children = append(item.Children, separator("recent.end"),
		button("history", "Open History", true, action{Do: doOpenHistory}))
	return item
}

func startAtLogin(in input) menuItem {
	item := check("login", "Start at Login", in.Settings.Login == loginEnabled, action{Do: doToggleLogin})
	item.Visible = in.Settings.Login != loginUnknown
	return item
}

func loginOff(in input) string {
	if in.Settings.Login != loginSwitchedOff {
		return ""
	}
	return loginIsOff
}

func about(in input) menuItem {
	commit := ""
	if in.Commit != "" {
		commit = "Commit " + in.Commit
	}
	return menuItem{ID: "about", Title: "About Lockbar", Enabled: true, Visible: true, Children: []menuItem{
		line("about.version", strings.TrimSpace("Lockbar "+in.Version)),
		line("about.commit", commit),
	}}
}

func sections(in input) []menuItem {
	items := make([]menuItem, len(in.Stores))
	for i, s := range in.Stores {
		items[i] = menuItem{
			ID: strconv.Itoa(i), Title: s.Name + ": " + titleOf(s.Snapshot), Enabled: true, Visible: true,
			Children: append(storeLines(i, s, in.Now), actions(i, s)...),
		}
	}
	return items
}

// id names a place for good: the store's number and what stands there.
func id(store int, what string) string {
	return strconv.Itoa(store) + "." + what
}

// storeLines are the lines that say what is.
func storeLines(i int, s storeView, now time.Time) []menuItem {
	return []menuItem{
		line(id(i, "state"), stateLine(s.Snapshot, now)),
		line(id(i, "meaning"), meaningOf(s.Snapshot)),
		line(id(i, "beside"), beside(s.Snapshot, now)),
		line(id(i, "link"), link(s.Snapshot)),
		line(id(i, "store"), "Store: "+s.Name),
		line(id(i, "conflicts"), conflicts(s.Snapshot)),
		line(id(i, "life"), life(s, now)),
		line(id(i, "polling"), polling(s)),
	}
}

// beside names what runs here beside the lock. A contested store has a line of its own for it.
func beside(s lockcore.Snapshot, now time.Time) string {
	if s.State == lockcore.Contested {
		return ""
	}
	return words.Beside(s, now)
}

// link says that what the lock tells stands elsewhere; removing it leaves that alone.
func link(s lockcore.Snapshot) string {
	if s.LinkTarget == "" {
		return ""
	}
	return "The lock is a symbolic link to " + words.Clean(s.LinkTarget)
}

// actions are what can be done about it. Force Unlock has two places, since an item is either clicked or a submenu.
func actions(i int, s storeView) []menuItem {
	lock := notify.LockName(s.Snapshot)
	oneClick := notify.CanUnlock(s.Snapshot, false)
	confirmed := !oneClick && notify.CanUnlock(s.Snapshot, true)
	return []menuItem{
		button(id(i, "unlock"), notify.ForceUnlockLabel, oneClick, action{Do: doUnlock, Store: i, Lock: lock, Seen: &s}),
		{
			ID: id(i, "confirm"), Title: notify.ForceUnlockLabel, Enabled: true, Visible: confirmed,
			Children: []menuItem{button(id(i, "remove"), removeTitle(s.Snapshot), confirmed, action{Do: doUnlockClaimed, Store: i, Lock: lock, Seen: &s})},
		},
		button(id(i, "undo"), notify.UndoLabel, canUndo(s), action{Do: doUndo, Store: i, Lock: s.Last.Path, Seen: &s}),
		button(id(i, "copies"), notify.SetAsideLabel, s.Snapshot.Conflicts != lockcore.Conflicts{},
			action{Do: doSetAside, Store: i, Lock: notify.CopiesName(s.Snapshot), Seen: &s}),
		button(id(i, "command"), notify.CopyCommandLabel, notify.CanStop(s.Snapshot), action{Do: doCopyCommand, Store: i}),
		button(id(i, "open"), "Open Store", s.Snapshot.Reason != lockcore.StoreMissing && s.Snapshot.Reason != lockcore.NotADirectory, action{Do: doOpenStore, Store: i}),
	}
}

func removeTitle(s lockcore.Snapshot) string {
	if s.Record.IsZero() {
		return "Remove the Corrupt Lock"
	}
	return fmt.Sprintf("Remove the Lock of %s (PID %d)", words.Host(s.Record), s.Record.PID)
}

// canUndo reports whether our last change was a removal, and nobody has taken the lock.
func canUndo(s storeView) bool {
	return s.Snapshot.State != lockcore.Unknown && !s.Snapshot.HasLock() && s.Last.Kind == lockcore.BackupUnlock
}

// stateLine is "Held by mac-mini · PID 4242 · since 09:14, 3 h". Minutes would have to be sent to the panel each minute.
func stateLine(s lockcore.Snapshot, now time.Time) string {
	title := titleOf(s)
	if s.Record.IsZero() {
		return title
	}
	return fmt.Sprintf("%s · PID %d · %s", title, s.Record.PID, words.SinceInHours(s.Record, now))
}

// shownCopies is how many conflict copies are named: a menu is no list of files.
const shownCopies = 3

func conflicts(s lockcore.Snapshot) string {
	list := s.Conflicts.List()
	if len(list) == 0 {
		return ""
	}
	var names []string
	for _, c := range list[:min(len(list), shownCopies)] {
		names = append(names, words.Clean(filepath.Base(c.Path)))
	}
	text := "Conflict copies: " + strings.Join(names, ", ")
	if more := len(list) - shownCopies; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func notice(in input) string {
	if in.Notice.Text == "" || in.Now.Sub(in.Notice.At) >= noticeTime {
		return ""
	}
	return in.Notice.Text
}

func delivery(in input) string {
	switch {
	case in.Way == notify.SwitchedOff:
		return "Notifications are off for Lockbar in System Settings; only this icon shows changes"
	case in.Delivery.Err == "":
		return ""
	}
	if in.Waiting == 0 {
		return "The last notification could not be shown"
	}
	return "The last notification could not be shown and will be tried again"
}

// lives says what a daemon does, in the words of a menu.
var lives = map[string]string{
	lockcore.Awake:       "awake",
	lockcore.Drowsy:      "drowsy",
	lockcore.Asleep:      "asleep",
	lockcore.Hibernating: "hibernating",
}

// life is "Daemon asleep since 11:20", or the last sign of life of a holder that cannot be asked, or empty. Where the
// holder is known to be gone, or two claim to be the one, the daemon's last word says nothing.
func life(s storeView, now time.Time) string {
	switch l := s.Life; {
	case l.State == "":
		return ""
	case s.Snapshot.State == lockcore.HeldElsewhere:
		return lastSign(l, now)
	case s.Snapshot.State == lockcore.HeldHere, s.Snapshot.State == lockcore.Unlocked && l.State == lockcore.Hibernating:
		return daemonIs(l, now)
	}
	return ""
}

func daemonIs(l lockcore.Lifecycle, now time.Time) string {
	text := "Daemon " + lives[l.State]
	if l.Since.IsZero() {
		return text
	}
	return text + " since " + words.Clock(l.Since, now)
}

// lastSign has no minutes: as an age it would change while nobody looks.
func lastSign(l lockcore.Lifecycle, now time.Time) string {
	age := now.Sub(l.LastActivity)
	switch {
	case l.LastActivity.IsZero():
		return ""
	case age < time.Hour:
		return "Last activity on this store less than an hour ago"
	}
	return fmt.Sprintf("Last activity on this store %s ago", words.Age(age))
}

// polling is the line about a store of which the system does not tell all changes.
func polling(s storeView) string {
	if s.Health.Problem == "" {
		return ""
	}
	return fmt.Sprintf("Looking every %d s: %s", int(s.Health.Interval.Seconds()), words.Clean(s.Health.Problem))
}
