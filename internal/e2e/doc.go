// Package e2e holds the tests that drive the built lockbar from outside. They
// see what a panel sees and what lies on the disk, and know nothing of how
// lockbar is made. It has four parts:
//
// The tests of single stories: a private message bus with a fake tray and a
// fake notification service, real files, real holder processes. Beside them
// are benchmarks, which compare lockbar with bare programs that do the least
// for each figure, measured in the same run by the same instrument: on any
// machine the ratio tells what lockbar itself costs.
//
//	go test ./internal/e2e -run '^$' -bench . -benchtime 1x
//	go run ./packaging/figures                                    # all of them, as a table
//
// The two hosts (twohosts_*_test.go) are two desktops whose stores a sync
// program keeps the same: a real one between two machines of namespaces, where
// its package is installed, and a stand-in everywhere. Each plays one story, and
// all of them in the long form.
//
// The soak (soak_*_test.go) plays random events against lockbar: takeovers,
// crashes, conflict copies, stores that go and come back, sync engines,
// storms, panels and notification services that restart or hang, a machine
// that sleeps. A model, which is a pure function, says what must be shown;
// after each burst the icon, the menu and `lockbar watch` must come to agree
// with it, and so must a fresh `lockbar status`. What the tray needs
// (goroutines, descriptors, threads, memory) must stay flat. It does not set
// the clock, which belongs to the whole machine: lockcore and lockcore/watch
// test that with clocks of their own.
//
//	go test ./internal/e2e -run TestSoak -soak.for 12s
//	go test ./internal/e2e -run TestSoak -timeout 0 -v -soak.for 1h
//	go test ./internal/e2e -run TestSoak -v -soak.seed 7          # again what seed 7 did
//	go test ./internal/e2e -run TestSoak -v -soak.story 'start/0/1 | take-over/0/1 | crash/0/1'
//
// The desktop round (round_*_test.go) plays a day of lockbar on a real panel
// with a real mouse. It wants the packages of a desktop and runs only where it
// is asked for; .ci/desktop-round does.
//
//	go test ./internal/e2e -run TestDesktopRound -v -round.out /tmp/round
//
// Linux only; the package is empty elsewhere.
package e2e
