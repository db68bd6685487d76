// Package blackbox holds tests that drive the built lockbar from outside: a
// private message bus with a fake tray and a fake notification service, real
// files, real holder processes. They see what a panel sees and what lies on
// the disk, and know nothing of how lockbar is made.
//
// The benchmarks compare lockbar with a bare program that only passes one file
// event on as one D-Bus signal, measured in the same run by the same
// instrument: on any machine the ratio tells what lockbar itself costs.
//
//	go test ./internal/blackbox -run '^$' -bench .
//
// Linux only; the package is empty elsewhere.
package blackbox
