// Ticker does the least that a Go program that polls must do: it wakes as often
// as the tray, on one processor like the tray, and does nothing.
package main

import (
	"fmt"
	"runtime"
	"time"
)

// poll is watch.PollInterval. Importing the package would make the program larger.
const poll = 30 * time.Second

func main() {
	runtime.GOMAXPROCS(1)
	fmt.Println("ready")
	for range time.Tick(poll) {
	}
}
