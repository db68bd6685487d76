// Package e2e tests the built lockbar as a black box. The tests see what a
// panel sees and the files on the disk, and nothing of lockbar's code. The
// package has four parts:
//
// The tests of single stories use a private message bus with a fake tray and a
// fake notification service, real files and real holder processes. Beside them
// are benchmarks. They compare lockbar with bare programs that do the least for
// each figure, measured in the same run by the same instrument, so the ratio
// shows lockbar's own cost on any machine.
//
//	go test ./internal/e2e -run '^$' -bench . -benchtime 1x
//	go run ./packaging/figures                                    # all of them, as a table
//
// The two hosts (twohosts_*_test.go) are two desktops with a synced store. A
// stand-in for the sync program runs on every machine. Where Syncthing is
// installed, it joins two machines made of namespaces, in the long form only.
// The stand-in plays one story, or all of them in the long form.
//
// The soak (soak_*_test.go) plays random events against lockbar: takeovers,
// crashes, conflict copies, stores that disappear and return, sync programs,
// storms, panels and notification services that restart or hang, a machine
// that sleeps. A model, which is a pure function, predicts what must be shown.
// After each burst the icon, the menu, `lockbar watch` and a new `lockbar
// status` must agree with it. The resources of the tray (goroutines,
// descriptors, threads, memory) must stay flat. The soak does not set the
// clock, which belongs to the whole machine: lockcore and lockcore/watch test
// that with clocks of their own.
//
//	go test ./internal/e2e -run TestSoak -soak.for 12s
//	go test ./internal/e2e -run TestSoak -timeout 0 -v -soak.for 1h
//	go test ./internal/e2e -run TestSoak -v -soak.seed 7          # repeats seed 7
//	go test ./internal/e2e -run TestSoak -v -soak.story 'start/0/1 | take-over/0/1 | crash/0/1'
//
// The desktop round (round_*_test.go) plays a day of lockbar on a real panel
// with a real mouse. It needs the packages of a desktop and runs only on
// request, as by .ci/desktop-round.
//
//	go test ./internal/e2e -run TestDesktopRound -v -round.out /tmp/round
//
// The package works on Linux only and is empty elsewhere.
package e2e
