//go:build !windows

package service

import (
	"os/exec"
	"time"
)

// CanStop reports whether Stop stops anything on this system.
const CanStop = true

// launchTime is how long a service that was started may take to have a process. One that fails has none.
const launchTime = 2 * time.Second

// settleTime is how long a service must have one and the same process to be started.
const settleTime = 0

func quiet(*exec.Cmd) {} // no program opens a window by itself
