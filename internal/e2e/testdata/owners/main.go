//go:build linux

// Owners is the tray with every allocation sampled. At SIGUSR1 it prints which
// packages own the live heap, in bytes, as one line of JSON.
//
//	owners STATEDIR STORE...
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"lockbar/lockcore"
	"lockbar/notify"
	"lockbar/tray"
)

func init() { runtime.MemProfileRate = 1 }

func main() {
	if os.Args[1] == notify.DeliverCommand { // the tray runs its own executable to deliver
		if err := notify.Deliver(os.Stdin); err != nil {
			log.Fatal(err)
		}
		return
	}
	runtime.GOMAXPROCS(1) // like the program
	go answer()
	config := tray.Config{StateDir: os.Args[1]}
	for _, dir := range os.Args[2:] {
		s, err := lockcore.Open(dir, lockcore.Options{Hostname: os.Getenv("LOCKBAR_HOSTNAME"), StateDir: config.StateDir})
		if err != nil {
			log.Fatal(err)
		}
		config.Stores = append(config.Stores, s)
	}
	if err := tray.Run(context.Background(), config); err != nil {
		log.Fatal(err)
	}
}

// answer prints the owners at each SIGUSR1.
func answer() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	for range asked {
		runtime.GC()
		runtime.GC() // the profile shows the collection before the last
		if err := json.NewEncoder(os.Stdout).Encode(owners()); err != nil {
			log.Fatal(err)
		}
	}
}

// owners sums the live bytes by package.
func owners() map[string]int64 {
	n, _ := runtime.MemProfile(nil, false)
	records := make([]runtime.MemProfileRecord, 2*n)
	n, _ = runtime.MemProfile(records, false)
	live := map[string]int64{}
	for _, r := range records[:n] {
		live[owner(r.Stack())] += r.InUseBytes()
	}
	return live
}

// owner returns the package of the innermost frame outside the standard library, or "runtime" if there is none.
func owner(stack []uintptr) string {
	frames := runtime.CallersFrames(stack)
	for {
		frame, more := frames.Next()
		if p := packageOf(frame.Function); !standard(p) {
			return p
		}
		if !more {
			return "runtime"
		}
	}
}

// packageOf returns "a.b/c" for "a.b/c.(*T).M".
func packageOf(function string) string {
	slash := strings.LastIndexByte(function, '/') + 1
	dot := strings.IndexByte(function[slash:], '.')
	return function[:slash+max(dot, 0)]
}

// standard reports whether a package is of the standard library, whose paths
// have no dot in their first element.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return first != "lockbar" && first != "main" && !strings.Contains(first, ".")
}
