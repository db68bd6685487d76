// Package soak plays random events against the built lockbar: takeovers, crashes, conflict copies, stores that go and come
// back, sync engines, storms, panels and notification services that restart or hang, a machine that sleeps. A model, which is
// a pure function, says what must be shown; after each burst the icon, the menu and `lockbar watch` must come to agree with
// it, and so must a fresh `lockbar status`. What the tray needs (goroutines, descriptors, threads, memory) must stay flat.
//
//	go test ./internal/soak                                        # a dozen seconds
//	go test ./internal/soak -run TestSoak -timeout 0 -v -soak.for 1h
//	go test ./internal/soak -run TestSoak -v -soak.seed 7          # again what seed 7 did
//	go test ./internal/soak -run TestSoak -v -soak.story 'start/0/1 | take-over/0/1 | crash/0/1'
//
// It does not set the clock, which belongs to the whole machine: lockcore and lockcore/watch test that with clocks of their
// own. Linux only; the package is empty elsewhere.
package soak
