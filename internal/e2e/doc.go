// Package e2e tests the built lockbar as a black box: by what a panel and a
// terminal show, and by the files on the disk. Of lockbar's code the tests use
// only the pictures of the icons and two constants of lockcore. Besides
// TestPromises, which checks the list in testdata/promises.txt, the package has
// four parts.
//
// The tests of single stories use a private message bus with a fake tray and a
// fake notification service, real files and real holder processes. Most
// benchmarks compare lockbar with bare programs that do the least for each
// figure. Both are measured in the same run by the same instrument, so the ratio
// shows lockbar's own cost on any machine.
//
//	go test ./internal/e2e -run '^$' -bench . -benchtime 1x
//	go run ./packaging/figures                                    # all but BenchmarkProfile, as a table
//
// The two hosts (twohosts*_test.go) are two desktops with a synced store. The
// usual form of the tests plays one story, in which a stand-in for the sync
// program copies the files. The long form plays all stories, with the stand-in
// and, where it is installed, with Syncthing between two machines made of
// namespaces.
//
// The soak (soak*_test.go) plays random events against lockbar: takeovers,
// crashes, conflict copies, stores that disappear and return, sync programs,
// storms, panels and notification services that restart or hang, a machine
// that sleeps. A model, which is a pure function, predicts what must be shown.
// After each burst of events comes a quiet point: the icon, the menu, `lockbar
// watch` and a new `lockbar status` must agree with the model. The resources of the tray (goroutines,
// descriptors, threads, memory) must stay flat. The soak does not set the
// clock, which belongs to the whole machine: lockcore and lockcore/watch test
// clock changes with clocks of their own.
//
//	go test ./internal/e2e -run TestSoak -soak.for 12s
//	go test ./internal/e2e -run TestSoak -timeout 0 -v -soak.for 1h
//	go test ./internal/e2e -run TestSoak -v -soak.seed 7          # repeats seed 7
//	go test ./internal/e2e -run TestSoak -v -soak.story 'start/0/1 | take-over/0/1 | crash/0/1'
//
// The desktop round (round*_test.go) plays a day of lockbar on a real panel,
// with mouse and keyboard events in a real X server. It needs the packages of a desktop and runs only on
// request, for example by .ci/desktop-round.
//
//	go test ./internal/e2e -run TestDesktopRound -v -round.out /tmp/round
//
// The package works on Linux only and is empty elsewhere.
package e2e
