//go:build !windows

package service

import (
	"os"
	"os/exec"
	"runtime"
)

// CanStop reports whether Stop stops anything on this system.
const CanStop = true

var system = unixSystem()

func unixSystem() manager {
	if runtime.GOOS == "darwin" {
		return launchd(os.Getuid())
	}
	return systemd
}

func quiet(*exec.Cmd) {} // no program opens a window by itself
