//go:build !linux && !darwin && !windows

package fsx

// This file is for the other systems: it makes no call that only some of them have.

import (
	"errors"
	"io/fs"
	"time"
)

// ChangeTime returns the modification time, which a sync engine may have set: in a FileInfo the ctime has another name on each system.
func ChangeTime(info fs.FileInfo) time.Time { return info.ModTime() }

// noAccessTime has no effect on this system.
const noAccessTime = 0

func dataless(fs.FileInfo) bool { return false }

func remote(string) string { return "" }

// Exchange fails: this system cannot swap two names atomically.
func Exchange(string, string) error { return errors.ErrUnsupported }

// RenameNew fails: this system's rename always replaces.
func RenameNew(string, string) error { return errors.ErrUnsupported }
