//go:build !windows

package service

import (
	"os"
	"os/exec"
	"runtime"
)

// CanStop reports whether Stop works on this system.
const CanStop = true

var system = unixSystem()

func unixSystem() manager {
	if runtime.GOOS == "darwin" {
		return launchd(os.Getuid())
	}
	return systemd
}

func quiet(*exec.Cmd) {} // here no program opens a console window
