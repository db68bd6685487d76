// Package desktop does what Lockbar needs of the user's desktop: it puts a text on the clipboard, shows a file or a directory,
// connects to the session's message bus, and reads property lists. It also holds the names by which desktops know Lockbar. The
// package draws nothing and does not know what Lockbar shows.
package desktop
