package tray

// trayPlace is where people find the icon: new ones are hidden at first.
const (
	trayPlace  = "the taskbar, maybe behind the arrow beside the clock"
	trayHidden = ""
)
