//go:build !linux && !darwin && !windows

package doctor

import "os"

// writable returns an error only if dir is missing or cannot be reached: Lockbar does not know this system's way to ask for the rights.
func writable(dir string) error {
	_, err := os.Stat(dir)
	return err
}

func freeSpace(string) (bytes uint64, known bool) { return 0, false }

func systemName() string { return "a system that Lockbar was not tried on" }
