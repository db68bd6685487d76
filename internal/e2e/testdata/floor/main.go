//go:build linux

// Floor is the least that a program can do to show a changed file in a tray.
// The benchmarks measure lockbar against it:
//
//	floor DIR          passes each event on .locked on as one bare D-Bus signal
//	floor DIR library  gives the tray library an icon instead
package main

import (
	"log"
	"os"
	"path/filepath"

	"fyne.io/systray"
	"github.com/fsnotify/fsnotify"
	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"lockbar/icons"
)

const (
	item     = "org.kde.StatusNotifierItem"
	watcher  = "org.kde.StatusNotifierWatcher"
	itemPath = "/StatusNotifierItem"
)

func main() {
	files, err := fsnotify.NewWatcher()
	if err != nil {
		log.Fatal(err)
	}
	if err := files.Add(os.Args[1]); err != nil {
		log.Fatal(err)
	}
	if len(os.Args) > 2 {
		systray.Run(func() {
			systray.SetIcon(icons.Tray(icons.Unlocked))
			go each(files, libraryIcon())
		}, nil)
		return
	}
	each(files, bareSignal())
}

// each calls show for every lock that comes.
func each(files *fsnotify.Watcher, show func()) {
	for event := range files.Events {
		if event.Has(fsnotify.Create) && filepath.Base(event.Name) == ".locked" {
			show()
		}
	}
}

func libraryIcon() func() {
	kinds := []icons.Kind{icons.HeldElsewhere, icons.Unknown}
	return func() {
		systray.SetIcon(icons.Tray(kinds[0]))
		kinds[0], kinds[1] = kinds[1], kinds[0]
	}
}

// bareSignal makes it an icon, so that the same tray measures it.
func bareSignal() func() {
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		log.Fatal(err)
	}
	id := map[string]*prop.Prop{"Id": {Value: "floor"}}
	if _, err := prop.Export(conn, itemPath, prop.Map{item: id}); err != nil {
		log.Fatal(err)
	}
	call := conn.Object(watcher, "/StatusNotifierWatcher").Call(watcher+".RegisterStatusNotifierItem", 0, itemPath)
	if call.Err != nil {
		log.Fatal(call.Err)
	}
	return func() {
		if err := conn.Emit(itemPath, item+".NewIcon"); err != nil {
			log.Fatal(err)
		}
	}
}
