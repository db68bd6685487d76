package fsx

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Write replaces the content of path. An existing file keeps its mode, with 0400 added; a new one gets perm. Write creates a missing
// directory, 0700. If path is a symbolic link, Write keeps the link and writes its target, which it creates if missing: people keep
// such files in a repository of their own.
func Write(path string, data []byte, perm fs.FileMode) error {
	path, err := target(path)
	if err != nil {
		return err
	}
	return Replace(path, data, perm)
}

// Replace does what Write does, for a file that only we write: it replaces a symbolic link, and anything else but a directory.
func Replace(path string, data []byte, perm fs.FileMode) error {
	if info, err := Lstat(path); err == nil && info.Mode().IsRegular() {
		perm = info.Mode().Perm() | 0o400 // we must be able to read it back
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp, err := WriteTemp(filepath.Dir(path), "."+filepath.Base(path)+".", data, perm)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := Rename(temp, path); err != nil {
		_ = os.Remove(temp)
		return err
	}
	SyncDir(filepath.Dir(path))
	return nil
}

// maxLinks limits how many links may follow each other. Linux has the same limit.
const maxLinks = 40

// target returns the file that path leads to by symbolic links. The file need not exist.
func target(path string) (string, error) {
	for at, links := path, 0; links < maxLinks; links++ {
		if real, err := Real(at); err == nil {
			return real, nil
		}
		link, err := os.Readlink(at)
		if err != nil {
			return at, nil // not a link; if path is unusable, the write fails
		}
		if filepath.IsAbs(link) {
			at = link
			continue
		}
		dir, err := Real(filepath.Dir(at)) // ".." in the link starts at the real directory
		if err != nil {
			return "", err
		}
		at = filepath.Join(dir, link)
	}
	return "", &fs.PathError{Op: "write", Path: path, Err: errors.New("too many symbolic links")}
}

// tempMode is the mode of the files of os.CreateTemp.
const tempMode = 0o600

// WriteTemp writes a new file in dir, whose name is prefix, random digits and ".tmp", and syncs it. On an error it leaves no file.
func WriteTemp(dir, prefix string, data []byte, perm fs.FileMode) (path string, err error) {
	f, err := os.CreateTemp(dir, prefix+"*.tmp")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	return f.Name(), errors.Join(err, chmod(f, perm), f.Sync(), f.Close())
}

// chmod does nothing for 0600, the mode of new temporary files: where the files belong to somebody else, such as on a FAT disk that root
// mounted, fchmod fails. On Windows, where the mode is only the read-only attribute, it does nothing either.
func chmod(f *os.File, perm fs.FileMode) error {
	if perm == tempMode || runtime.GOOS == "windows" {
		return nil
	}
	return f.Chmod(perm)
}
