//go:build !linux && !darwin && !windows

package doctor

import "os"

// writable returns an error only if dir is missing.
func writable(dir string) error {
	_, err := os.Stat(dir)
	return err
}

func freeSpace(string) (bytes uint64, known bool) { return 0, false }

func systemName() string { return "a system that Lockbar was not tried on" }
