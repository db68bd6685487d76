package tray

// trayPlace is where people find the icon: new ones are hidden at first.
const (
	trayPlace  = "the taskbar, maybe behind the arrow beside the clock"
	trayHidden = ""
)

// notifyAdvice: nothing has to be known.
var notifyAdvice []string

// testUnseen is what to do where a test notification was not seen.
const testUnseen = "If not, lockbar doctor says what may hold it back"
