package fsx

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

const (
	// renameTime bounds the retries: a virus scanner, a sync program or another Lockbar reads a small file in less time.
	renameTime  = 500 * time.Millisecond
	renamePause = 10 * time.Millisecond
)

// Rename calls os.Rename, and retries for renameTime while Windows refuses, as it does if a program has one of the files open.
func Rename(from, to string) error {
	for end := time.Now().Add(renameTime); ; time.Sleep(renamePause) {
		err := os.Rename(from, to)
		inUse := errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_SHARING_VIOLATION)
		if !inUse || time.Now().After(end) {
			return err
		}
	}
}
