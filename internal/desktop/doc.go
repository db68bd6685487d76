// Package desktop is what Lockbar asks of the user's desktop: to put a text on the clipboard, to show a file or a directory, to
// connect to the session's message bus, and to read property lists. It also holds the names by which desktops know Lockbar. The
// package draws nothing and does not know what Lockbar shows there.
package desktop
