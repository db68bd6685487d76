// Package testdesk simulates a desktop session for tests of the whole program:
// a private message bus, a tray that reads icons and menus as a panel does, and
// a notification service, without a display, a network or root. It builds the
// program, and can run programs with file locking disabled.
//
// A test builds the program, starts it on a [Bus] and looks at what a person
// would see:
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
// Every wait ends by an event or by its context, never by a timed sleep, and
// its error says what was seen last. Methods return errors and never fail the
// test by themselves, so they may be called from any goroutine; only the
// constructors take a [testing.TB], skip or fail it, and clean up through it.
//
// The package knows D-Bus and processes. It knows nothing of lock files: what
// an icon or a menu means is the test's business. It imports nothing of
// Lockbar, so that any package's tests may use it. It works on Linux only; on
// other systems it is empty.
package testdesk
