// Lockbar shows in the menu bar who holds an iai-mcp store, and removes a lock that was left behind.
package main

import (
	"os"

	"lockbar/internal/cli"
)

func main() { os.Exit(cli.Main()) }
