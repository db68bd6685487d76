package fsx

// Remote names the kind of the file system of dir where other machines, or the server, change files without an event here; it is
// empty for a local one, and where that is not known. It waits for as long as the file system does.
func Remote(dir string) string { return remote(dir) }
