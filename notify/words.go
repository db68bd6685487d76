package notify

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"lockbar/icons"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// Rules for the text of notifications:
//
//   - The title begins with the most important word, and makes sense when it is cut after 40 characters: xfce4-notifyd shows about 38 of
//     them. In most titles a name, which may be long, is at the end.
//   - The body says who did it, what it means and what to do, in four short sentences at most, since desktops cut the rest.
//   - Sentence case, no exclamation marks, no jargon: "stale", "contested" and "token" are explained or left out. A command is in
//     quotation marks. No text claims that a file of the user is lost: we do not know.
//   - Nothing unproven is claimed. Lockbar ends nothing by itself; if a daemon here must end, the text names its process and the command.
//   - Every text from outside goes through words.Clean. Markup and quoting are escaped later, when the backend is known.

// crashCount is the number of crashes in the text about them.
var crashCount = strconv.Itoa(crashTimes)

// text is one kind of message, with fields that words.Sentence fills. {in-menu} says where to choose the action: in the menu, or, if the
// message has buttons, also "here".
type text struct {
	title, body string
	urgent      bool
	icon        icons.Kind
}

// alarm returns an urgent text: two programs write to one store, or may soon.
func alarm(title, body string) text { return text{title, body, true, icons.Contested} }

var texts = map[kind]text{
	takeover: {
		title: "Store taken over by {host}",
		body:  "{host} holds {store} now. There is nothing to do if you work there. To work here again, first stop the daemon there: \"{stop}\".",
		icon:  icons.HeldElsewhere,
	},
	takeoverRunning: alarm("Two daemons write to one store",
		"{host} took over {store}, and the daemon on {here} (PID {daemon}) still runs. Stop the one you do not use, here with \"{stop-here}\". Lockbar ends nothing by itself."),
	fight: alarm("Two computers fight over one store",
		"{host} and {from-host} keep taking {store} from each other, and both may write to it. Stop the daemon you do not use, on its computer, with \"{stop}\". Lockbar stays silent about it until they stop."),
	freed: {
		title: "Nobody holds the store now",
		body:  "Nobody holds {store} now, so you can work here.",
		icon:  icons.Unlocked,
	},
	twoDaemons: alarm("Two daemons write to one store",
		"{host} holds {store}, and the daemon on {here} (PID {daemon}) runs too. Stop the one you do not use, here with \"{stop-here}\". Lockbar ends nothing by itself."),
	lockVanished: alarm("A daemon runs here without its lock",
		"Nothing keeps a second daemon from writing to {store}. Restart the daemon on {here} (PID {daemon}): \"{stop-here}\", then start it again."),
	conflictCopy: alarm("Two daemons may write to one store",
		"The sync program kept two locks of {store}: one of {to}, one of {rival-host}. Stop the daemon you do not use, on its computer, with \"{stop}\", then choose Set Aside Conflict Copies{in-menu}."),
	staleLock: { // most reasons have a body of their own: staleBodies
		title: "{to} left a lock behind",
		body:  "Whatever held {store} {since-clock} is gone." + staleRemoval,
		icon:  icons.Stale,
	},
	corruptLock: {
		title: "The lock is corrupt",
		body:  "The content of the lock of {store} is not valid, so nobody can tell who holds the store. Make sure that no daemon runs, then choose Force Unlock{in-menu}; a backup is kept.",
		icon:  icons.Corrupt,
	},
	crashing: {
		title: "The memory daemon keeps crashing",
		body:  "The daemon of {store} ended {crashes} times within an hour and left its lock behind each time. Its log may say why. To stop it: \"{stop}\".",
		icon:  icons.Stale,
	},
	resurrected: {
		title: "The removed lock came back",
		body:  "Lockbar removed the lock of {host} from {store}, and it is there again: that computer or the sync program put it back. If that happens again, first stop the daemon there: \"{stop}\".",
		icon:  icons.Corrupt,
	},
}

const (
	staleRemoval = " To remove the lock (a backup is kept), choose Force Unlock{in-menu}."
	mistaken     = " An older daemon takes that process for the holder and may refuse to start." + staleRemoval
)

// staleBodies holds the bodies about a stale lock, by its reason. They say what a daemon does with the lock: it takes over the lock of a
// PID that no process has. Older daemons check only whether a process has the PID, newer ones whether that process is a daemon, of any
// store.
var staleBodies = map[lockcore.Reason]string{
	lockcore.ProcessGone:   "PID {pid}, which held {store} {since-clock}, is gone. There is nothing to do: the next daemon takes the lock over. To remove it now (a backup is kept), choose Force Unlock{in-menu}.",
	lockcore.ZombieProcess: "PID {pid}, which held {store} {since-clock}, has ended, but its parent has not noticed yet." + mistaken,
	lockcore.PIDRecycled:   "PID {pid}, which held {store} {since-clock}, is another program now." + mistaken,
	lockcore.WitnessGone:   "{host} says that PID {pid}, which held {store} {since-clock}, is gone there. There is nothing to do: the next daemon takes the lock over. To remove it now (a backup is kept), choose Force Unlock{in-menu}.",
	lockcore.OtherStore: "PID {pid}, which held {store} {since-clock}, is the daemon of another store now. A daemon takes that process for the holder and " +
		"refuses to start." + staleRemoval,
	lockcore.BeforeBoot: "The lock of {store} is from before the last restart. An older daemon may take another program for its holder and " +
		"refuse to start." + staleRemoval,
}

// otherTexts are for a program, {local}, that holds or held the store here and is not a daemon: for example a lockbar run.
var otherTexts = map[kind]text{
	takeoverRunning: alarm("Two programs may write to one store",
		"{host} took over {store}, and {local} still runs. Let it end, or end it. Lockbar ends nothing by itself."),
	twoDaemons: alarm("Two programs may write to one store",
		"{host} holds {store}, and {local} still runs. Let it end, or end it. Lockbar ends nothing by itself."),
	lockVanished: alarm("A program runs here without its lock",
		"Nothing keeps a daemon from writing to {store} beside {local}. Let it end before you start one."),
}

// elsewhereTexts are for daemons on other machines, which only the announcements of those machines show.
var elsewhereTexts = map[kind]text{
	freed: {
		title: "Nobody holds the store now",
		body:  "There is no lock in {store} now, although a daemon of it runs on {rival-hosts}, as last reported.",
		icon:  icons.Unlocked,
	},
	twoDaemons: alarm("Two daemons write to one store",
		"Daemons on {rival-hosts} use {store} at the same time. Stop the one you do not use, on its computer, with \"{stop}\". Lockbar ends nothing by itself."),
	lockVanished: alarm("A daemon runs without its lock",
		"{rival-hosts} runs a daemon of {store}, which has no lock now: nothing keeps a second daemon from writing to the store. Restart that daemon on its computer: \"{stop}\", then start it again."),
}

// besideElsewhere is for a daemon here beside one elsewhere, besideElsewhereProgram for a program here that is not a daemon.
var (
	besideElsewhere = alarm("Two daemons write to one store",
		"Daemons on {rival-hosts} use {store} at the same time. Stop the one you do not use, here (PID {daemon}) with \"{stop-here}\", or ask the other computer in the Lockbar menu.")
	besideElsewhereProgram = alarm("Two programs may write to one store",
		"A daemon of another computer uses {store} ({rival-hosts}), and so does {local}. Let that program end, or end it. Lockbar ends nothing by itself.")
)

// ownResurrected is for a lock of this machine: no daemon elsewhere has to be stopped.
var ownResurrected = text{
	title: "The removed lock came back",
	body:  "Lockbar removed the lock of {here} from {store}, and the same lock is there again; a sync program may have put it back. To remove it again, choose Force Unlock{in-menu}.",
	icon:  icons.Stale,
}

// namelessResurrected is for a corrupt lock, which names no holder.
var namelessResurrected = text{
	title: "The removed lock came back",
	body:  "Lockbar removed a corrupt lock from {store}, and the same bytes are there again; a sync program may have put them back. If that happens again, look for a daemon on your other computers, and stop it there: \"{stop}\".",
	icon:  icons.Corrupt,
}

// strangeFight is for a fight of which only one side is known.
var strangeFight = alarm("Computers fight over one store",
	"The lock of {store} is taken over again and again, now by {host}, so several daemons may write to it. Stop those you do not use, each on its computer, with \"{stop}\". Lockbar stays silent about it until they stop.")

// textOf returns the text of a kind that fits the fact.
func textOf(k kind, f Fact) text {
	if t, ok := elsewhereTexts[k]; ok && f.To.LocalDaemon.PID == 0 && len(f.To.Elsewhere()) > 0 {
		return t
	}
	switch known := k == twoDaemons && f.To.Reason == lockcore.OtherDaemonAlive; {
	case known && f.To.LocalDaemon.Kind == lockcore.Daemon:
		return besideElsewhere
	case known:
		return besideElsewhereProgram
	}
	if t, ok := otherTexts[k]; ok && f.To.LocalDaemon.Kind != lockcore.Daemon {
		return t
	}
	switch {
	case k == staleLock:
		t := texts[k]
		t.body = cmp.Or(staleBodies[f.To.Reason], t.body)
		return t
	case k == resurrected && f.To.Record.IsZero():
		return namelessResurrected
	case k == resurrected && f.To.OnThisHost():
		return ownResurrected
	case k == fight && (f.From.Record.IsZero() || lockcore.SameHost(f.From.Record.Hostname, f.To.Record.Hostname)):
		return strangeFight
	}
	return texts[k]
}

// present returns the part of a message about the present state.
func present(s lockcore.Snapshot) Message {
	return Message{Body: words.Now(s), Icon: words.SignOf(s.State).Icon}
}

// message returns the message of a kind about a fact.
func message(k kind, f Fact, now time.Time) Message {
	t := textOf(k, f)
	body := t.body
	if k == takeover && f.To.Alias {
		body += " {host} is a name that {here} once had, but that alone proves nothing."
	}
	fill := func(text, where string) string {
		return words.Sentence(strings.NewReplacer("{in-menu}", where, "{crashes}", crashCount).Replace(text), f.From, f.To, f.Store, now)
	}
	m := Message{Title: fill(t.title, ""), Body: fill(body, " here or in the Lockbar menu"), Urgent: t.urgent, Icon: t.icon}
	if k != crashing { // the daemon is probably being restarted
		m.Buttons = buttonsOf(f.To, f.key())
	}
	if plain := fill(body, " in the Lockbar menu"); plain != m.Body {
		m.Plain = plain
	}
	return m
}

// Greeting returns the message of the first start on a machine: without it, somebody who has just installed Lockbar would see only a small
// padlock, and not learn its purpose. store is the name of the most urgent store, state is a sentence about that store, and where is the
// place of the icon. With offerLogin the message offers to start Lockbar at login.
func Greeting(store, state string, stores int, where string, icon icons.Kind, offerLogin bool) Message {
	m := Message{Title: "Lockbar watches your memory store", Icon: icon}
	if stores > 1 {
		m.Title += "s"
	}
	m.Body = store + ": " + state + " The padlock in " + where + " shows each change and has a menu."
	if !offerLogin {
		return m
	}
	m.Plain = m.Body + " Choose " + LoginLabel + " in the menu to start Lockbar at each login."
	m.Body += " Choose " + LoginLabel + " here or in the menu to start Lockbar at each login."
	m.Buttons = []Button{{Do: StartAtLogin, Label: LoginLabel}}
	return m
}
