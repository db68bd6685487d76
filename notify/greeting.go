package notify

import "lockbar/icons"

// The greeting is reported once per machine, when the app first starts there. Without it somebody who has just installed Lockbar would see
// only a small padlock, and not learn what it is for.

// LoginLabel is the label of the button, and of the menu's item, that makes Lockbar start at login.
const LoginLabel = "Start at Login"

// Greeting returns the message. store is the name of the most urgent of the stores, state is a sentence about it, and where
// is the place of the icon. With offerLogin it offers to start Lockbar at login.
func Greeting(store, state string, stores int, where string, icon icons.Kind, offerLogin bool) Message {
	m := Message{Title: "Lockbar watches your memory store", Icon: icon}
	if stores > 1 {
		m.Title += "s"
	}
	m.Body = store + ": " + state + " The padlock in " + where + " shows each change and has a menu."
	if !offerLogin {
		return m
	}
	m.Plain = m.Body + " Choose " + LoginLabel + " in the menu to have it every day."
	m.Body += " Choose " + LoginLabel + " here or in the menu to have it every day."
	m.Buttons = []Button{{Do: StartAtLogin, Label: LoginLabel}}
	return m
}
