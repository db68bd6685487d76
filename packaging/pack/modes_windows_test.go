package main

import (
	"os"
	"testing"
)

// checkExecutable: Windows has no such modes.
func checkExecutable(*testing.T, map[string]os.FileMode) {}
