//go:build !darwin && !windows

package tray

// trayPlace is where people find the icon. Where there is no panel, lockbar doctor says so.
const (
	trayPlace  = "the panel"
	trayHidden = ""
)
