//go:build !linux

package cli

import "os/exec"

// dieWithUs: only Linux can promise it (PR_SET_PDEATHSIG). Elsewhere a killed run leaves CMD running under a lock that
// looks left behind.
func dieWithUs(*exec.Cmd) {}
