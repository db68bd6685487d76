package fsx

// Remote returns the kind of the file system of dir if other machines, or its server, change files there without an event here. It
// returns "" for a local or unknown one. It waits for as long as the file system does.
func Remote(dir string) string { return remote(dir) }

// NeverDownload keeps this process from fetching a file or directory whose content is in the cloud only. On macOS a read of one
// fails (EDEADLK; see IsEvicted), also in processes started from now on (setiopolicy_np(3)), so a program that runs others on the
// user's files must not call it. On Windows this process alone sees which files those are, and Load checks each that it opens.
// Elsewhere it does nothing.
//
// Load checks before it reads, but a file, or a directory on the way, may be evicted in between.
func NeverDownload() error { return neverDownload() }
