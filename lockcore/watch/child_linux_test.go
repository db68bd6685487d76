package watch

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sys/unix"

	"lockbar/lockcore"
)

// This file is for Linux only: its /proc has the current memory, but getrusage(2) has only the maximum.

// A child of the benchmark watches directories. At the end of its input it writes its cost since it was ready. It runs either this
// package or the bare fsnotify program that is compared with it.
const (
	roleWatch = "watch" // Run
	roleBare  = "bare"  // fsnotify.NewWatcher, Add, a loop
)

func init() {
	roles[roleWatch] = func() error { return measure(childWatch) }
	roles[roleBare] = func() error { return measure(childBare) }
}

// dirsVariable names the variable that lists the directories, separated by colons.
const dirsVariable = "LOCKBAR_WATCH_DIRS"

// A cost holds what a child used between ready and the end of its input.
type cost struct {
	CPU      time.Duration
	Switches int64 // voluntary context switches of all threads
	RSS      int64 // bytes, now
}

// A child prints these lines when it watches all directories, and when it is about to rest.
const saidWatching, saidReady = "watching\n", "ready\n"

// measure writes the cost of a watch.
func measure(watch func(dirs []string, rests chan<- bool)) error {
	runtime.GOMAXPROCS(1) // as in the programs that watch
	debug.SetGCPercent(25)
	rests := make(chan bool)
	go watch(strings.Split(os.Getenv(dirsVariable), ":"), rests)
	<-rests
	debug.FreeOSMemory() // garbage of the start is not part of the cost of waiting, nor is collecting it
	os.Stdout.WriteString(saidReady)
	before := costNow()
	if _, err := bufio.NewReader(os.Stdin).ReadByte(); err != io.EOF {
		return err
	}
	after := costNow()
	return json.NewEncoder(os.Stdout).Encode(cost{after.CPU - before.CPU, after.Switches - before.Switches, after.RSS})
}

func childWatch(dirs []string, rests chan<- bool) {
	var c Config
	for _, dir := range dirs {
		s, err := lockcore.Open(dir, lockcore.Options{Hostname: here})
		if err != nil {
			panic(err)
		}
		c.Stores = append(c.Stores, s)
	}
	held := map[int]bool{}
	c.Emit = func(change Change) {
		if len(held) == len(dirs) || change.To.State != lockcore.HeldHere {
			return
		}
		if held[change.Store] = true; len(held) == len(dirs) {
			os.Stdout.WriteString(saidWatching)
			time.AfterFunc(3*lockcore.SettleTime, func() { rests <- true }) // when the looks that follow the first have ended
		}
	}
	Run(context.Background(), c)
}

func childBare(dirs []string, rests chan<- bool) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		panic(err)
	}
	for _, dir := range dirs {
		if err := w.Add(dir); err != nil {
			panic(err)
		}
	}
	os.Stdout.WriteString(saidWatching)
	rests <- true
	for range w.Events {
	}
}

func costNow() cost {
	var r unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &r)
	return cost{
		CPU:      time.Duration(r.Utime.Nano() + r.Stime.Nano()),
		Switches: r.Nvcsw,
		RSS:      statusNumber("VmRSS:") << 10,
	}
}

func statusNumber(key string) (n int64) {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut("\n"+string(status), "\n"+key)
	fmt.Sscan(rest, &n)
	return n
}
