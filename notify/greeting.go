package notify

import "lockbar/icons"

// The greeting is told once per machine, when the app starts there for the first time: else somebody who has just installed it sees
// a small padlock at most, and is not told what it is for.

// OweGreeting takes in that this machine was not greeted yet.
func (d Decider) OweGreeting() Decider {
	d.greeting = true
	return d
}

// OwesGreeting reports whether the greeting is still to be told. An earlier version, which knew none, left nothing to tell.
func (d Decider) OwesGreeting() bool { return d.greeting }

// Greeted takes in that it is told now.
func (d Decider) Greeted() Decider {
	d.greeting = false
	return d
}

// LoginLabel is the label of the button, and of the item in the menu, that make Lockbar start at login.
const LoginLabel = "Start at Login"

// Greeting returns the message. State is a sentence about the store of that name, of so many; where is the place of the
// icon. It offers to start Lockbar at login where offerLogin says that this can be done and is not.
func Greeting(store, state string, stores int, where string, icon icons.Kind, offerLogin bool) Message {
	m := Message{Title: "Lockbar watches your memory store", Icon: icon}
	if stores > 1 {
		m.Title += "s"
	}
	m.Body = store + ": " + state + " The padlock in " + where + " shows each change, and its menu says what to do."
	if !offerLogin {
		return m
	}
	m.Plain = m.Body + " To have it there after each login, choose " + LoginLabel + " in the menu."
	m.Body += " To have it there after each login, choose " + LoginLabel + " here or in the menu."
	m.Buttons = []Button{{Do: StartAtLogin, Label: LoginLabel}}
	return m
}
