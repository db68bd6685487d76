package tray

// trayPlace is where people find the icon, trayHidden why they may not.
const (
	trayPlace  = "the menu bar"
	trayHidden = " (not there? switch Lockbar on in System Settings > Menu Bar > Allow in the Menu Bar; a notch hides what has no room)"
)
