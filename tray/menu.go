package tray

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/notify"
)

// menu returns the whole menu: flat for one store, a submenu for each of several.
func menu(in input) []menuItem {
	var items []menuItem
	if len(in.Stores) == 1 {
		items = storeLines(in, 0)
	} else {
		items = sections(in)
	}
	items = append(items, flow("news", maxNewsLines, cmp.Or(underWay(in.Stores), notice(in)), delivery(in), in.Settings.Problem, pausedLine(in))...)
	items = append(items, separator("actions"))
	if len(in.Stores) == 1 {
		items = append(items, actions(0, in.Stores[0])...)
	}
	items = append(items,
		recent(in),
		button("copy", "Copy Details", true, action{Do: doCopyDetails}),
		separator("preferences"),
		menuItem{ID: "notifications", Title: "Notifications", Enabled: true, Visible: true, Children: settingsItems(in)},
		check("talk", "Tell Other Computers", in.Settings.Talk, action{Do: doToggleTalk}),
		startAtLogin(in))
	items = append(items, flow("login.off", maxLoginLines, loginOff(in))...)
	return append(items,
		separator("end"),
		about(in),
		button("quit", "Quit Lockbar", true, action{Do: doQuit}),
	)
}

// sections returns a submenu for each store, always at the same position.
func sections(in input) []menuItem {
	items := make([]menuItem, len(in.Stores))
	for i, s := range in.Stores {
		items[i] = menuItem{
			ID: strconv.Itoa(i), Title: sectionTitle(s), Enabled: true, Visible: true,
			Children: append(storeLines(in, i), actions(i, s)...),
		}
	}
	return items
}

const (
	// sectionRunes limits the title of a submenu. GTK opens a submenu over its parent if there is no room beside it:
	// title and submenu together must fit a screen that is 1024 pixels wide.
	sectionRunes = 40
	// attentionMark begins the title of a store that needs attention, so that the user finds it among many.
	attentionMark = "● "
)

// sectionTitle returns "iai-mcp · Held by mac-mini".
func sectionTitle(s storeView) string {
	mark := ""
	if s.Snapshot != (lockcore.Snapshot{}) && words.VerdictOf(s.Snapshot) != words.Fine {
		mark = attentionMark
	}
	return cutEnd(mark+s.Short+" · "+words.Brief(s.Snapshot), sectionRunes)
}

// The menu is built with fixed numbers of lines.
const (
	maxStoreLines = 12 // about one store
	maxNewsLines  = 8  // about all stores
	maxLoginLines = 2
)

// recent returns the submenu of the newest events, newest first, with a fixed number of lines. They are filled even while the submenu
// is closed: some panels read a submenu only once.
func recent(in input) menuItem {
	names := map[string]string{}
	for _, s := range in.Stores {
		names[s.Snapshot.Store] = s.Short
	}
	item := menuItem{ID: "recent", Title: "Recent Activity", Enabled: true, Visible: len(in.Recent) > 0}
	for i := range shownPast {
		title := ""
		if i < len(in.Recent) {
			title = in.Recent[len(in.Recent)-1-i].title(names, in.Now)
		}
		item.Children = append(item.Children, line("recent."+strconv.Itoa(i), cutEnd(title, lineRunes)))
	}
	item.Children = append(item.Children, separator("recent.end"),
		button("history", "Open History", true, action{Do: doOpenHistory}))
	return item
}

func startAtLogin(in input) menuItem {
	item := check("login", notify.LoginLabel, in.Settings.Login == loginEnabled, action{Do: doToggleLogin})
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
		line("about.licence", "MIT License"),
		line("about.report", "To report a problem: Copy Details, or lockbar doctor"),
	}}
}

// id returns the ID of an item about a store. The ID never changes.
func id(store int, slot string) string {
	return strconv.Itoa(store) + "." + slot
}

// storeLines returns the lines about a store: first its state, then its holder.
func storeLines(in input, i int) []menuItem {
	view := in.Stores[i]
	s := view.Snapshot
	texts := append([]string{words.Title(s)}, holderLines(s, in.Now, in.exact())...)
	texts = append(texts, words.Meaning(s))
	texts = append(texts, askLines(&view, in.Now)...)
	texts = append(texts, beside(s, in.Now), linkLine(s), "Store: "+view.Name, conflicts(s),
		life(view, in.Now, in.exact()), polling(view))
	return flow(id(i, "line"), maxStoreLines, texts...)
}

// holderLines returns "PID 4242 on mac-mini · since 09:14, 3 h", in two texts if that is too long. It shows minutes only if
// exact is set, after the menu was opened: otherwise each minute would cost an update of the panel's menu.
func holderLines(s lockcore.Snapshot, now time.Time, exact bool) []string {
	if s.Record.IsZero() {
		return nil
	}
	holder, since := holderText(s), words.SinceInMenu(s.Record, now, exact)
	if one := holder + " · " + since; utf8.RuneCountInString(one) <= lineRunes {
		return []string{one}
	}
	return []string{holder, "Held " + since}
}

// holderText names the lock's PID and the machine on which it is valid. If a process here holds the store open under another PID, the
// lock's PID is valid in a container or nowhere.
func holderText(s lockcore.Snapshot) string {
	text := "PID {pid} on {to}"
	if s.Reason == lockcore.StoreOpen {
		text = "The lock names PID {pid} on {host}"
	}
	return words.Line(text, s)
}

// beside names the process that runs here beside the lock. It is empty for a contested store, whose title and meaning say who claims it.
func beside(s lockcore.Snapshot, now time.Time) string {
	if s.State == lockcore.Contested {
		return ""
	}
	return words.Beside(s, now)
}

// linkLine returns the line about a lock that is a symbolic link. Removing the lock leaves the target alone.
func linkLine(s lockcore.Snapshot) string {
	if s.LinkTarget == "" {
		return ""
	}
	return "The lock is a symbolic link to " + words.CutMiddle(words.Clean(s.LinkTarget), pathRunes)
}

// actions returns the items that act on a store. Force Unlock has two slots, since an item is either clickable or a submenu.
func actions(i int, s storeView) []menuItem {
	lock := notify.LockName(s.Snapshot)
	oneClick := notify.CanUnlock(s.Snapshot, false)
	confirmed := !oneClick && notify.CanUnlock(s.Snapshot, true)
	return append(append(daemonItems(i, &s), askItem(i, &s)),
		button(id(i, "unlock"), notify.ForceUnlockLabel, oneClick, action{Do: doUnlock, Store: i, Lock: lock, Seen: &s}),
		menuItem{
			ID: id(i, "confirm"), Title: notify.ForceUnlockLabel, Enabled: true, Visible: confirmed,
			Children: []menuItem{button(id(i, "remove"), removeTitle(s.Snapshot), confirmed, action{Do: doUnlockClaimed, Store: i, Lock: lock, Seen: &s})},
		},
		button(id(i, "undo"), notify.UndoLabel, canUndo(s), action{Do: doUndo, Store: i, Lock: s.Last.Path, Seen: &s}),
		button(id(i, "copies"), notify.SetAsideLabel, s.Snapshot.Conflicts != lockcore.Conflicts{},
			action{Do: doSetAside, Store: i, Lock: notify.CopiesName(s.Snapshot), Seen: &s}),
		button(id(i, "command"), notify.CopyCommandLabel, notify.CanStop(s.Snapshot), action{Do: doCopyCommand, Store: i, Command: words.StopHere(s.Snapshot)}),
		button(id(i, "open"), "Open Store", s.Snapshot.Reason != lockcore.StoreMissing && s.Snapshot.Reason != lockcore.NotADirectory, action{Do: doOpenStore, Store: i}))
}

func removeTitle(s lockcore.Snapshot) string {
	if s.Record.IsZero() {
		return "Remove the Corrupt Lock"
	}
	return fmt.Sprintf("Remove the Lock of %s (PID %d)", words.ShortHost(s.Record), s.Record.PID)
}

// canUndo reports whether our last change was a removal, and there is no lock now.
func canUndo(s storeView) bool {
	return s.Snapshot.State != lockcore.Unknown && !s.Snapshot.HasLock() && s.Last.Kind == lockcore.BackupUnlock
}

// shownCopies limits how many conflict copies the menu names.
const shownCopies = 3

func conflicts(s lockcore.Snapshot) string {
	list := s.Conflicts.List()
	if len(list) == 0 {
		return ""
	}
	var names []string
	for _, c := range list[:min(len(list), shownCopies)] {
		names = append(names, words.CutMiddle(words.Clean(filepath.Base(c.Path)), pathRunes))
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
	case in.Route == notify.SwitchedOff:
		return "Notifications are off for Lockbar in System Settings"
	case in.Delivery.Err == "":
		return ""
	}
	return "A notification could not be shown; run: lockbar doctor"
}

// polling returns the line about a store of which the system does not report all changes. Some of them only the poll
// finds, which every store has.
func polling(s storeView) string {
	if s.Health.Problem == "" {
		return ""
	}
	return fmt.Sprintf("Checked every %d s: %s", int(s.Health.Interval.Seconds()), words.Clean(s.Health.Problem))
}
