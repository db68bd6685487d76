//go:build !windows

package cli

import "os"

func understandsEscapes(*os.File) bool { return true }

// attachConsole: every other system gives a program the standard output of who starts it.
func attachConsole() {}
