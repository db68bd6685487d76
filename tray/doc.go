// Package tray is the app in the menu bar: it shows what the watcher sees and does what its menu is asked for.
//
// What is shown is data (View), made by a pure function (Render) from what is known (Input). One goroutine, the loop, owns
// what is known; looks, clicks, results and the clock come to it as small values. Only systray.go draws, only bus_unix.go
// speaks to the session bus, and only mac_darwin.m to AppKit. The package decides nothing about locks (lockcore does) and
// about notifications (notify does).
package tray
