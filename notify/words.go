package notify

import (
	"strconv"
	"strings"
	"time"

	"lockbar/icons"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// Rules for the text of notifications:
//
//   - The title says what happened, the host first where there is one; the body what it means and what to do. The title of two daemons
//     begins with them: xfce4-notifyd shows about 38 characters of a title.
//   - Sentence case, whole sentences in the body, no exclamation marks, no jargon: "stale", "contested", "token" and
//     "lock file" as a term are explained or left out. No file of the user is ever said to be lost: we do not know.
//   - At most 60 characters of title beside the names and three short sentences of body: desktops cut the rest.
//   - What is not proven is not claimed. Lockbar ends no process; where one must end, the text names it and the command.
//   - Every stranger's word goes through words.Clean; markup and quoting are escaped later, where the backend is known.

// crashCount is the number of crashes in the text about them.
var crashCount = strconv.Itoa(crashTimes)

// text is one kind of message, with places that words.Sentence fills. {in-menu} says where to click where the message has no buttons.
type text struct {
	title, body string
	urgent      bool
	icon        icons.Kind
}

var texts = map[kind]text{
	takeover: {
		title: "{host} took the memory store over",
		body:  "The daemon there writes to {store} now. Nothing to do if you work there; to work here again, stop it there first: {stop}.",
		icon:  icons.HeldElsewhere,
	},
	takeoverRunning: {
		title:  "Two daemons: {host} took over, and one still runs here",
		body:   "Two daemons now write to {store}. Stop the one on {here} (process {daemon}) with: {stop}. Lockbar ends nothing by itself.",
		urgent: true,
		icon:   icons.Contested,
	},
	fight: {
		title:  "Two computers fight over one store",
		body:   "{host} and {from-host} keep taking {store} from each other, and both may write to it. Stop the one you do not use, on its computer, with: {stop}. Lockbar is silent about it until they rest.",
		urgent: true,
		icon:   icons.Contested,
	},
	freed: {
		title: "{from-host} no longer holds the store",
		body:  "Nobody holds {store} now, so you can work here.",
		icon:  icons.Unlocked,
	},
	twoDaemons: {
		title:  "Two daemons on one store: {host} and {here}",
		body:   "Two daemons now write to {store}. Stop the one on {here} (process {daemon}) with: {stop}. Lockbar ends nothing by itself.",
		urgent: true,
		icon:   icons.Contested,
	},
	lockVanished: {
		title:  "The lock is gone while the daemon still runs",
		body:   "Nothing keeps a second daemon from writing to {store}. Restart the one on {here} (process {daemon}): {stop}, then start it again.",
		urgent: true,
		icon:   icons.Contested,
	},
	conflictCopy: {
		title:  "{host} and {rival-host} both claim one store",
		body:   "Your sync program kept two locks, so two daemons may write to {store}. Stop the one you do not use ({stop}), then choose Set Aside Conflict Copies{in-menu}.",
		urgent: true,
		icon:   icons.Contested,
	},
	staleLock: {
		title: "{host} left its lock behind",
		body:  "Its daemon ({since-in-brackets}) is gone, and a new one may refuse to open {store}. To remove the lock, choose Force Unlock{in-menu}; a backup is kept.",
		icon:  icons.Stale,
	},
	corruptLock: {
		title: "The lock of {store} cannot be read",
		body:  "It holds something that no daemon wrote, so nobody can tell who uses the store. Make sure that no daemon runs, then choose Force Unlock{in-menu}; a backup is kept.",
		icon:  icons.Corrupt,
	},
	crashing: {
		title: "The memory daemon keeps crashing",
		body:  "The daemon of {store} ended {crashes} times within an hour and left its lock behind each time. Its log may say why; to stop it: {stop}.",
		icon:  icons.Stale,
	},
	resurrected: {
		title: "The removed lock of {host} came back",
		body:  "Lockbar removed it from {store}, and the sync program or {host} put it back. If it returns once more, stop the daemon on {host} first: {stop}.",
		icon:  icons.Corrupt,
	},
}

// otherTexts are for what is no daemon and holds, or held, the store here: a lockbar run, say. {local} is what it is.
var otherTexts = map[kind]text{
	takeoverRunning: {
		title:  "Two programs: {host} took over, and one still runs here",
		body:   "Two programs may write to {store} now. Wait until {local} ends, or end it. Lockbar ends nothing by itself.",
		urgent: true,
		icon:   icons.Contested,
	},
	twoDaemons: {
		title:  "Two programs on one store: {host} and {here}",
		body:   "Two programs may write to {store} now. Wait until {local} ends, or end it. Lockbar ends nothing by itself.",
		urgent: true,
		icon:   icons.Contested,
	},
	lockVanished: {
		title:  "The lock is gone while its holder still runs",
		body:   "Nothing keeps a daemon from writing to {store} beside {local}. Let it end before you start one.",
		urgent: true,
		icon:   icons.Contested,
	},
}

// namelessTexts are for locks that name nobody.
var namelessTexts = map[kind]text{
	resurrected: {
		title: "A removed lock came back",
		body:  "Lockbar removed it from {store}, and the sync program put it back. If it returns once more, look for a daemon on your other computers, and stop it there: {stop}.",
		icon:  icons.Corrupt,
	},
}

// strangeFight is for a fight of which only one side is known.
var strangeFight = text{
	title:  "Computers fight over one store",
	body:   "The lock of {store} is taken over again and again, now by {host}, so several daemons may write to it. Stop those you do not use, each on its computer, with: {stop}. Lockbar is silent about it until they rest.",
	urgent: true,
	icon:   icons.Contested,
}

// textOf is the text of a kind that fits the facts.
func textOf(k kind, f Fact) text {
	if t, ok := otherTexts[k]; ok && f.To.LocalDaemon.Kind != lockcore.Daemon {
		return t
	}
	if t, ok := namelessTexts[k]; ok && f.To.Record.IsZero() {
		return t
	}
	if k == fight && (f.From.Record.IsZero() || lockcore.SameHost(f.From.Record.Hostname, f.To.Record.Hostname)) {
		return strangeFight
	}
	return texts[k]
}

// present says what is so now, where more than that is told.
func present(s lockcore.Snapshot) Message {
	return Message{Body: words.Now(s), Icon: words.SignOf(s.State).Icon}
}

// message puts the facts into the words of a kind.
func message(k kind, f Fact, now time.Time) Message {
	t := textOf(k, f)
	body := t.body
	if k == takeover && f.To.Alias {
		body += " It is a name that {here} once had, which alone proves nothing."
	}
	fill := func(text, where string) string {
		return words.Sentence(strings.NewReplacer("{in-menu}", where, "{crashes}", crashCount).Replace(text), f.From, f.To, f.Store, now)
	}
	m := Message{Title: fill(t.title, ""), Body: fill(body, " here or in the Lockbar menu"), Urgent: t.urgent, Icon: t.icon}
	if k != crashing { // the daemon is probably being started again
		m.Buttons = buttonsOf(f.To, f.key())
	}
	if plain := fill(body, " in the Lockbar menu"); plain != m.Body {
		m.Plain = plain
	}
	return m
}
