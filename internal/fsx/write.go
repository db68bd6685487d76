package fsx

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Write replaces the content of path, which keeps its mode if it is there, else gets perm. A missing directory is made,
// 0700. A symbolic link stays one and its target is written, or made where it is missing: people keep such files in a
// repository of their own.
func Write(path string, data []byte, perm fs.FileMode) error {
	path, err := target(path)
	if err != nil {
		return err
	}
	return Replace(path, data, perm)
}

// Replace is Write for a file that only we write: a symbolic link, and whatever else is no directory, gives way.
func Replace(path string, data []byte, perm fs.FileMode) error {
	if info, err := Lstat(path); err == nil && info.Mode().IsRegular() {
		perm = info.Mode().Perm() | 0o400 // what cannot be read back is lost
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp, err := writeTemp(path, data, perm)
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

// maxLinks limits the links that may follow each other; Linux follows as many.
const maxLinks = 40

// target returns the file that path leads to by symbolic links. It need not be there.
func target(path string) (string, error) {
	for at, links := path, 0; links < maxLinks; links++ {
		if real, err := Real(at); err == nil {
			return real, nil
		}
		link, err := os.Readlink(at)
		if err != nil {
			return at, nil // no link: what is wrong with it, if anything, the write says
		}
		if filepath.IsAbs(link) {
			at = link
			continue
		}
		dir, err := Real(filepath.Dir(at)) // else ".." would lead out of the link, not of its target
		if err != nil {
			return "", err
		}
		at = filepath.Join(dir, link)
	}
	return "", &fs.PathError{Op: "write", Path: path, Err: errors.New("too many symbolic links")}
}

// writeTemp writes a new file beside path and syncs it. On an error nothing is left.
func writeTemp(path string, data []byte, perm fs.FileMode) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
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

// chmod does nothing on Windows, where the mode is the read-only attribute alone, and a temporary file is writable already.
func chmod(f *os.File, perm fs.FileMode) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	return f.Chmod(perm)
}
