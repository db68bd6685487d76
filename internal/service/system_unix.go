//go:build !windows

package service

import "os/exec"

// CanStop reports whether Stop stops anything on this system.
const CanStop = true

func quiet(*exec.Cmd) {} // no program opens a window by itself
