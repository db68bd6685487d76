package tray

// trayPlace is where people find the icon, trayHidden why they may not.
const (
	trayPlace  = "the menu bar"
	trayHidden = " If you do not see it: macOS 26 has System Settings > Menu Bar > Allow in the Menu Bar, and a notch hides what has no room."
)
