package desktop

import "strings"

// gnomeExtension brings the tray back that GNOME left out.
const gnomeExtension = "AppIndicator and KStatusNotifierItem Support (package gnome-shell-extension-appindicator)"

// PanelAdvice says how to get a place for icons on a desktop that shows none, by its XDG_CURRENT_DESKTOP. Whether there is a panel at all
// is not known: one without a tray says nothing of itself.
func PanelAdvice(current string) string {
	if isGNOME(current) {
		return "GNOME shows no icons by itself; install and enable the extension " + gnomeExtension
	}
	return "start a panel that shows tray icons, or add a tray (status notifier) to yours"
}

// isGNOME reports whether a desktop is GNOME Shell. Budgie and GNOME Flashback call themselves GNOME too, and have panels of their own.
func isGNOME(current string) bool {
	name := strings.ToUpper(current)
	return strings.Contains(name, "GNOME") && !strings.Contains(name, "BUDGIE") && !strings.Contains(name, "FLASHBACK")
}
