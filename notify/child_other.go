//go:build !unix

package notify

import "os/exec"

// endWithChildren does nothing here: the end of the context kills only the child, and beeep's PowerShell fallback ends by itself.
func endWithChildren(*exec.Cmd) {}
