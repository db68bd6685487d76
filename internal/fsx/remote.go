package fsx

// Remote returns the kind of dir's file system if other machines, or its server, change files there without an event here. It returns
// "" for a local or unknown file system. On a dead mount it never returns.
func Remote(dir string) string { return remote(dir) }

// NeverDownload is for files and directories whose content is in the cloud only, and must not be fetched. On macOS reading such a file
// then fails (EDEADLK; see IsEvicted). Processes started later inherit that (setiopolicy_np(3)), so a program that runs others on the
// user's files must not call NeverDownload. On Windows it lets this process see which files those are, and Load checks each file that
// it opens. Elsewhere it does nothing.
//
// Load's own check is not enough on macOS: the file, or a directory in its path, may be evicted between the check and the read.
func NeverDownload() error { return neverDownload() }
