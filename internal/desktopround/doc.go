//go:build linux

// Desktopround plays a day of Lockbar on a real desktop without a screen: an X
// server in memory, a private message bus, a panel with a tray, a notification
// service, real holder processes, a real mouse. It checks what a person would
// see and what lies on the disk afterwards, and leaves screenshots.
//
//	desktopround -lockbar BINARY -out DIR [-panel xfce|lxqt] [-notifier dunst|xfce4-notifyd] [-theme light|dark]
//
// It prints one line per check and a last line "N passed, N failed", and exits
// with 1 when one failed. The round needs Debian's packages (it names those
// that are missing), no root and no network. It never touches the desktop of
// whoever starts it: all of its processes live in a directory, on a display
// and on a bus of their own, and are ended by their process numbers.
//
// What the program says over D-Bus is checked to the letter (menu entries,
// icon pixels, notification text). That it also arrives on the screen is
// checked where a picture can be compared: the icon is searched for in the
// screenshot, pixel by pixel, which is how the mouse finds it too.
package main
