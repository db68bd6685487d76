//go:build linux

// Floor is the least that a program can do to show a changed file in a tray:
// it passes each event on .locked on as one D-Bus signal. The benchmarks
// measure lockbar against it.
package main

import (
	"log"
	"os"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
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
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		log.Fatal(err)
	}
	register(conn)
	for event := range files.Events {
		if event.Has(fsnotify.Create) && filepath.Base(event.Name) == ".locked" {
			if err := conn.Emit(itemPath, item+".NewIcon"); err != nil {
				log.Fatal(err)
			}
		}
	}
}

// register makes it an icon, so that the same tray measures it.
func register(conn *dbus.Conn) {
	id := map[string]*prop.Prop{"Id": {Value: "floor"}}
	if _, err := prop.Export(conn, itemPath, prop.Map{item: id}); err != nil {
		log.Fatal(err)
	}
	call := conn.Object(watcher, "/StatusNotifierWatcher").Call(watcher+".RegisterStatusNotifierItem", 0, itemPath)
	if call.Err != nil {
		log.Fatal(call.Err)
	}
}
