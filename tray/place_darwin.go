package tray

// trayPlace is where people find the icon, trayHidden why they may not.
const (
	trayPlace  = "the menu bar"
	trayHidden = " If you do not see it: macOS 26 has System Settings > Menu Bar > Allow in the Menu Bar, and a notch hides what has no room."
)

// notifyAdvice is what to know about notifications on this system, one line of the menu each.
var notifyAdvice = []string{
	"macOS shows these under Script Editor's name",
	"Not seen? System Settings > Notifications > Script Editor > Allow",
	"Not listed there? Run in Script Editor: display notification \"Lockbar\"",
}

// testUnseen is what to do where a test notification was not seen.
const testUnseen = "If not, see Notifications in this menu"
