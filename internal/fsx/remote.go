package fsx

// Remote names the kind of the file system of dir where other machines, or the server, change files without an event here; it is
// empty for a local one, and where that is not known. It waits for as long as the file system does.
func Remote(dir string) string { return remote(dir) }

// NeverDownload makes this process, and those that it starts from now on, fail to read a file or directory whose content is in
// the cloud only (EDEADLK; IsEvicted tells) instead of fetching it. Load looks before it reads, but a file may be evicted
// meanwhile, and so may a directory on the way. On macOS a program that runs others on the user's files must not call it. Only macOS has
// such a policy (setiopolicy_np(3)). Windows is made to show to this process alone which files those are, and Load asks for each that it
// opens; elsewhere nothing is done.
func NeverDownload() error { return neverDownload() }
