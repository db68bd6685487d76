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
	"sync/atomic"
	"time"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sys/unix"

	"lockbar/lockcore"
)

// A child of the benchmarks watches directories, writes a byte for every change that it sees, and at the end of its input
// what it cost since it was ready. It is either this package or the bare floor below it.
const (
	roleWatch = "watch" // Run
	roleBare  = "bare"  // fsnotify.NewWatcher, Add, a loop
)

func init() {
	roles[roleWatch] = func() error { return measure(childWatch) }
	roles[roleBare] = func() error { return measure(childBare) }
}

// dirsVariable lists the directories, separated by colons.
const dirsVariable = "LOCKBAR_WATCH_DIRS"

// cost is what a child used between ready and the end of its input.
type cost struct {
	CPU      time.Duration
	Switches int64 // voluntary ones of all threads
	Leader   int64 // of the first thread alone, as /proc/PID/status counts
	RSS      int64 // bytes, now
}

// seen is what a child writes for a change.
const seen = '.'

// measure writes what a watch costs.
func measure(watch func(dirs []string, ready chan<- bool)) error {
	runtime.GOMAXPROCS(1) // as the programs that watch
	ready := make(chan bool)
	go watch(strings.Split(os.Getenv(dirsVariable), ":"), ready)
	<-ready
	debug.FreeOSMemory() // what the start left behind is not the cost of waiting, nor is sweeping it up
	os.Stdout.Write([]byte("ready\n"))
	before := costNow()
	if _, err := bufio.NewReader(os.Stdin).ReadByte(); err != io.EOF {
		return err
	}
	after := costNow()
	return json.NewEncoder(os.Stdout).Encode(cost{after.CPU - before.CPU, after.Switches - before.Switches, after.Leader - before.Leader, after.RSS})
}

func childWatch(dirs []string, ready chan<- bool) {
	var c Config
	for _, dir := range dirs {
		s, err := lockcore.Open(dir, lockcore.Options{Hostname: here})
		if err != nil {
			panic(err)
		}
		c.Stores = append(c.Stores, s)
	}
	known := 0
	var told atomic.Bool
	c.Health = func(int, Health) {
		if known++; known == len(dirs) {
			time.AfterFunc(3*lockcore.SettleTime, func() { // the looks that follow the first
				told.Store(true)
				ready <- true
			})
		}
	}
	c.Emit = func(Change) {
		if told.Load() {
			os.Stdout.Write([]byte{seen})
		}
	}
	Run(context.Background(), c)
}

func childBare(dirs []string, ready chan<- bool) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		panic(err)
	}
	for _, dir := range dirs {
		if err := w.Add(dir); err != nil {
			panic(err)
		}
	}
	ready <- true
	for e := range w.Events {
		if strings.HasSuffix(e.Name, "/"+lockcore.LockName) && e.Op.Has(fsnotify.Create) {
			os.Stdout.Write([]byte{seen})
		}
	}
}

func costNow() cost {
	var r unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &r)
	return cost{
		CPU:      time.Duration(r.Utime.Nano() + r.Stime.Nano()),
		Switches: r.Nvcsw,
		Leader:   statusNumber("voluntary_ctxt_switches:"),
		RSS:      statusNumber("VmRSS:") << 10,
	}
}

func statusNumber(key string) (n int64) {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut("\n"+string(status), "\n"+key)
	fmt.Sscan(rest, &n)
	return n
}
