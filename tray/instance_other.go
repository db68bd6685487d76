//go:build !unix

package tray

import "os"

// belongsToUs: the temporary directory is the user's own here.
func belongsToUs(*os.File) bool { return true }
