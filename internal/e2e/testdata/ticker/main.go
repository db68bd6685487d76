// Ticker is the least that a Go program can do that polls: it wakes as often
// as the tray, on one processor as the tray, and looks at nothing.
package main

import (
	"fmt"
	"runtime"
	"time"
)

// poll is watch.PollInterval; the package would not be bare.
const poll = 30 * time.Second

func main() {
	runtime.GOMAXPROCS(1)
	fmt.Println("ready")
	for range time.Tick(poll) {
	}
}
