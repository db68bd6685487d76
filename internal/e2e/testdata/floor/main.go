//go:build linux

// Floor does the least that a program like lockbar must do. The benchmarks compare lockbar with it:
//
//	floor signal PATTERN...   sends one bare D-Bus signal for each new .locked
//	floor library PATTERN...  gives the tray library an icon instead
//	floor print PATTERN...    prints a line instead, on one processor like the tray
//	floor death               reads PIDs, one per line, and sends the signal when each process ends
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"

	"fyne.io/systray"
	"github.com/fsnotify/fsnotify"
	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
	"golang.org/x/sys/unix"

	"lockbar/icons"
)

const (
	item     = "org.kde.StatusNotifierItem"
	watcher  = "org.kde.StatusNotifierWatcher"
	itemPath = "/StatusNotifierItem"
)

func main() {
	switch mode, dirs := os.Args[1], os.Args[2:]; mode {
	case "signal":
		eachLock(watch(dirs), bareSignal())
	case "library":
		files := watch(dirs)
		systray.Run(func() {
			systray.SetIcon(icons.Tray(icons.Unlocked))
			go eachLock(files, libraryIcon())
		}, nil)
	case "print":
		runtime.GOMAXPROCS(1)
		files := watch(dirs)
		fmt.Println("ready")
		eachLock(files, func() { fmt.Println("lock") })
	case "death":
		eachDeath(bareSignal())
	default:
		log.Fatalf("unknown mode %q", mode)
	}
}

// watch watches the directories that match patterns. Patterns keep the command line, which a failing test prints, short.
func watch(patterns []string) *fsnotify.Watcher {
	files, err := fsnotify.NewWatcher()
	check(err)
	for _, pattern := range patterns {
		dirs, err := filepath.Glob(pattern)
		check(err)
		for _, dir := range dirs {
			check(files.Add(dir))
		}
	}
	return files
}

// eachLock calls show for every new lock.
func eachLock(files *fsnotify.Watcher, show func()) {
	for event := range files.Events {
		if event.Has(fsnotify.Create) && filepath.Base(event.Name) == ".locked" {
			show()
		}
	}
}

// eachDeath reads PIDs and calls show at the end of each process, one after the other. It prints a line when it watches a process.
func eachDeath(show func()) {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); show() {
		var pid int
		_, err := fmt.Sscan(lines.Text(), &pid)
		check(err)
		fd, err := unix.PidfdOpen(pid, 0)
		check(err)
		fmt.Println("watching", pid)
		for {
			if _, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1); err != unix.EINTR {
				break
			}
		}
		check(err)
		unix.Close(fd)
	}
}

// libraryIcon returns a function that gives the tray library another icon.
func libraryIcon() func() {
	kinds := []icons.Kind{icons.HeldElsewhere, icons.Unknown}
	return func() {
		systray.SetIcon(icons.Tray(kinds[0]))
		kinds[0], kinds[1] = kinds[1], kinds[0]
	}
}

// bareSignal registers a tray item without an icon, so that the benchmarks can time floor as they time lockbar. It returns a function that
// sends NewIcon.
func bareSignal() func() {
	conn, err := dbus.ConnectSessionBus()
	check(err)
	id := map[string]*prop.Prop{"Id": {Value: "floor"}}
	_, err = prop.Export(conn, itemPath, prop.Map{item: id})
	check(err)
	check(conn.Object(watcher, "/StatusNotifierWatcher").Call(watcher+".RegisterStatusNotifierItem", 0, itemPath).Err)
	return func() { check(conn.Emit(itemPath, item+".NewIcon")) }
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
