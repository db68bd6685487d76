// Package fakedesktop is a desktop session for black-box tests: a private
// message bus, a tray that reads icons and menus as a panel does, and a
// notification service, all without a display, a network or root.
//
// A test builds the program, starts it on a [Bus] and looks at what a person
// would see:
//
//	bus := fakedesktop.NewBus(t)
//	watcher := fakedesktop.NewWatcher(t, bus)
//	app := fakedesktop.Start(t, bus)
//	ctx := fakedesktop.Context(t)
//	item := fakedesktop.Must(watcher.WaitItem(ctx))(t)
//	fakedesktop.Must(item.WaitIcon(ctx, fakedesktop.Icon.Drawn))(t)
//	err := item.ClickLabel(ctx, "Quit Lockbar")
//	code, err := app.Wait(ctx)
//
// Every wait ends by an event or by its context, never by a timed sleep, and
// its error says what was seen last. Methods return errors and never fail the
// test by themselves, so they may be called from any goroutine; only the
// constructors take a [testing.TB], skip or fail it, and clean up through it.
//
// The package knows D-Bus and processes. It knows nothing of lock files: what
// an icon or a menu means is the test's business. It works on Linux only; on
// other systems it is empty.
package fakedesktop
