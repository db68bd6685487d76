//go:build !darwin

package watch

// newDirWatcher is nil: fsnotify watches a directory here without opening what is in it.
var newDirWatcher func() (dirWatcher, error)
