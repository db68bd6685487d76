//go:build !darwin

package watch

// newDirWatcher is nil: on Linux and Windows fsnotify watches a directory without opening what is in it. (On the BSDs it opens each entry.)
var newDirWatcher func() (dirWatcher, error)
