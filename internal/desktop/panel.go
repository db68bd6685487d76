package desktop

import "strings"

// gnomeExtension is the extension that adds the tray that GNOME lacks.
const gnomeExtension = "AppIndicator and KStatusNotifierItem Support (package gnome-shell-extension-appindicator)"

// PanelAdvice returns advice on getting a tray, for the value of XDG_CURRENT_DESKTOP of a desktop that shows no icons. It does not say
// whether there is a panel, because a panel without a tray cannot be detected.
func PanelAdvice(current string) string {
	if isGNOME(current) {
		return "GNOME shows no icons by itself; install and enable the extension " + gnomeExtension
	}
	return "start a panel that shows tray icons, or add a tray (status notifier) to yours"
}

// isGNOME reports whether a desktop is GNOME Shell. Budgie and GNOME Flashback call themselves GNOME too, but have their own panels.
func isGNOME(current string) bool {
	name := strings.ToUpper(current)
	return strings.Contains(name, "GNOME") && !strings.Contains(name, "BUDGIE") && !strings.Contains(name, "FLASHBACK")
}
