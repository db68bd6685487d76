package watch

import "golang.org/x/sys/unix"

// remoteTypes are the names of statfs(2) for file systems where others change files without a kqueue event here.
var remoteTypes = map[string]string{
	"nfs": "NFS", "smbfs": "SMB", "afpfs": "AFP", "webdav": "WebDAV", "ftp": "FTP",
	"macfuse": "FUSE", "osxfuse": "FUSE", "fuse-t": "FUSE",
}

// remoteFileSystem names the kind of the file system of dir if it is known not to tell of every change, else it is empty.
func remoteFileSystem(dir string) string {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return ""
	}
	return remoteTypes[unix.ByteSliceToString(st.Fstypename[:])]
}
