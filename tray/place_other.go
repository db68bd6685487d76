//go:build !darwin && !windows

package tray

// trayPlace is where people find the icon. Where there is no panel, lockbar doctor says so.
const (
	trayPlace  = "the panel"
	trayHidden = ""
)

// notifyAdvice: nothing has to be known.
var notifyAdvice []string

// testUnseen is what to do where a test notification was not seen.
const testUnseen = "If not, lockbar doctor says what may hold it back"
