// Package testdesk simulates a desktop session for tests of the whole program:
// a private message bus, a tray that reads icons and menus as a panel does, and
// a notification service, without a display, a network or root. It builds the
// program, and can run programs with file locking disabled.
//
// A test builds the program, starts it on a [Bus] and checks what a user would
// see:
//
//	bus := testdesk.NewBus(t)
//	watcher := testdesk.NewWatcher(t, bus)
//	app := testdesk.Command{Bus: bus, Args: []string{"tray"}}.Start(t)
//	ctx := testdesk.Deadline(t)
//	item := testdesk.Must(watcher.WaitItem(ctx))(t)
//	testdesk.Must(item.WaitIcon(ctx, isRed))(t)
//	err := item.ClickLabel(ctx, "Quit Lockbar")
//	code, err := app.Wait(ctx)
//
// Every wait ends by an event or by its context, never by a timed sleep. Its
// error contains the last value seen, if there is one. Any goroutine may call the
// functions and methods without a [testing.TB], because they do not end the test.
// Those with one skip or fail the test, and clean up through it.
//
// The package knows D-Bus and processes, and nothing of lock files: the test
// decides what an icon or a menu means. The package imports nothing of Lockbar,
// so the tests of any package may use it. It works on Linux only and is empty on
// other systems.
package testdesk
