//go:build !windows

package fsx

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Lstat calls os.Lstat.
func Lstat(path string) (fs.FileInfo, error) { return os.Lstat(path) }

// SameFile calls os.SameFile.
func SameFile(a, b fs.FileInfo) bool { return os.SameFile(a, b) }

// IsRegular reports whether an entry of dir is a regular file.
func IsRegular(_ string, e fs.DirEntry) bool { return e.Type().IsRegular() }

// Real calls filepath.EvalSymlinks.
func Real(path string) (string, error) { return filepath.EvalSymlinks(path) }

// Rename calls os.Rename. On Windows Rename also retries while another program has a file open.
func Rename(from, to string) error { return os.Rename(from, to) }

func isUnanswered(error) bool { return false }

func statOpen(f *os.File) (fs.FileInfo, error) { return f.Stat() }
