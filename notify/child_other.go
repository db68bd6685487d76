//go:build !unix

package notify

import "os/exec"

// endWithChildren does nothing here: the deadline ends only the child, and beeep's PowerShell fallback ends by itself.
func endWithChildren(*exec.Cmd) {}
