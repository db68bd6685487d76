// Package desktop gives Lockbar access to the user's desktop: it puts text on the clipboard, shows a file or a directory, finds a directory
// that the browser can read, connects to the session's message bus, and reads and writes property lists. It also defines the names by which
// desktops know Lockbar, and the advice for a desktop without a tray. The package draws nothing and does not know what Lockbar shows.
package desktop
