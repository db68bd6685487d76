//go:build !darwin && !windows

package tray

// trayPlace is where people find the icon.
const trayPlace = "the panel"
