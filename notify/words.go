package notify

import (
	"time"

	"lockbar/icons"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// Rules for the text of notifications:
//
//   - The title says what happened, the host first where there is one; the body what it means and what to do.
//   - Sentence case, whole sentences in the body, no exclamation marks, no jargon: "stale", "contested", "token" and
//     "lock file" as a term are explained or left out. No file of the user is ever said to be lost: we do not know.
//   - At most 60 characters of title beside the names and three short sentences of body: desktops cut the rest.
//   - What is not proven is not claimed. Lockbar ends no process; where one must end, the text names it and the command.
//   - Every stranger's word goes through words.Clean; markup and quoting are escaped later, where the backend is known.

// text is one kind of message: what each place in braces stands for is in partsOf.
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
		title:  "{host} took over, and a daemon still runs here",
		body:   "Two daemons now write to {store}. Stop the one on {here} (process {daemon}) with: {stop}. Lockbar ends nothing by itself.",
		urgent: true,
		icon:   icons.Contested,
	},
	fight: {
		title:  "{host} and {other} keep taking the store from each other",
		body:   "Their daemons fight over {store}, and both may write to it. Stop the one you do not use, on its computer, with: {stop}. Lockbar is silent about it until they rest.",
		urgent: true,
		icon:   icons.Contested,
	},
	freed: {
		title: "{other} no longer holds the store",
		body:  "Nobody holds {store} now, so you can work here.",
		icon:  icons.Unlocked,
	},
	twoDaemons: {
		title:  "{host} and a daemon on {here} share one store",
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
		title:  "{host} and {rival} both claim one store",
		body:   "Your sync program kept two locks, so two daemons may write to {store}. Stop the one you do not use ({stop}), then set the copies aside in the Lockbar menu.",
		urgent: true,
		icon:   icons.Contested,
	},
	staleLock: {
		title: "{host} left its lock behind",
		body:  "Its daemon ({since}) is gone, and a new one may refuse to open {store}. To remove the lock, choose Force Unlock in the Lockbar menu; a backup is kept.",
		icon:  icons.Stale,
	},
	corruptLock: {
		title: "The lock of {store} cannot be read",
		body:  "It holds something that no daemon wrote, so nobody can tell who uses the store. Make sure that no daemon runs, then choose Force Unlock in the Lockbar menu; a backup is kept.",
		icon:  icons.Corrupt,
	},
	resurrected: {
		title: "The removed lock of {host} came back",
		body:  "Lockbar removed it from {store}, and the sync program or {host} put it back. If it returns once more, stop the daemon on {host} first: {stop}.",
		icon:  icons.Corrupt,
	},
}

// otherTexts are for what is no daemon and holds, or held, the store here: a lockbar run, say. {who} is what it is.
var otherTexts = map[kind]text{
	takeoverRunning: {
		title:  "{host} took over, and a program still runs here",
		body:   "Two programs may write to {store} now. Let {who} end, or end it. Lockbar ends nothing by itself.",
		urgent: true,
		icon:   icons.Contested,
	},
	twoDaemons: {
		title:  "{host} and a program on {here} share one store",
		body:   "Two programs may write to {store} now. Let {who} end, or end it. Lockbar ends nothing by itself.",
		urgent: true,
		icon:   icons.Contested,
	},
	lockVanished: {
		title:  "The lock is gone while its holder still runs",
		body:   "Nothing keeps a daemon from writing to {store} beside {who}. Let it end before you start one.",
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

// textOf is the text of a kind that fits the facts.
func textOf(k kind, f Fact) text {
	if t, ok := otherTexts[k]; ok && f.To.LocalDaemon.Kind != lockcore.Daemon {
		return t
	}
	if t, ok := namelessTexts[k]; ok && f.To.Record.IsZero() {
		return t
	}
	return texts[k]
}

// presentTexts say what a state means to who learns late of something that is over.
var presentTexts = map[lockcore.State]string{
	lockcore.Unlocked:      "Nobody holds the store now, so you can work here.",
	lockcore.HeldHere:      "A program on {here} holds the store now.",
	lockcore.HeldElsewhere: "{host} holds the store now.",
	lockcore.Stale:         "Its lock was left behind by {host}; the Lockbar menu can remove it.",
	lockcore.Contested:     "Two daemons may write to the store now: see the Lockbar menu.",
	lockcore.Corrupt:       "The lock cannot be read now: see the Lockbar menu.",
}

// present says what is so now, where more than that is told.
func present(s lockcore.Snapshot) Message {
	body := partsOf(Fact{To: s}, time.Time{}).Sentence(presentTexts[s.State])
	return Message{Body: body, Icon: words.SignOf(s.State).Icon}
}

// message puts the facts into the words of a kind.
func message(k kind, f Fact, now time.Time) Message {
	t, parts := textOf(k, f), partsOf(f, now)
	body := t.body
	if k == takeover && f.To.Alias {
		body += " It is a name that {here} once had, which alone proves nothing."
	}
	return Message{Title: parts.Sentence(t.title), Body: parts.Sentence(body), Urgent: t.urgent, Icon: t.icon}
}

// partsOf returns the parts of all texts about a fact.
func partsOf(f Fact, now time.Time) words.Parts {
	return func(place string) words.Part {
		switch place {
		case "host":
			return words.HostPart(f.To.Record)
		case "rival":
			return machineOf(words.Rival(f.To))
		case "other": // who had the lock
			return machineOf(f.From.Record)
		case "here":
			return words.Text(words.Machine())
		case "store":
			return words.Text(storeName(f.Store))
		case "who":
			return words.Text(words.Local(f.To.LocalDaemon))
		case "daemon":
			return words.Number(f.To.LocalDaemon.PID)
		case "since":
			return words.Text(words.Since(f.To.Record, now))
		case "stop":
			return words.Text(words.StopCommand)
		}
		return words.NoPlace(place)
	}
}

// machineOf names the machine of a claim, if there is a claim.
func machineOf(r lockcore.Record) words.Part {
	if r.IsZero() {
		return words.Text("another computer")
	}
	return words.HostPart(r)
}

// storeName names the store only where there are several.
func storeName(name string) string {
	if name == "" {
		return "the store"
	}
	return words.Clean(name)
}
