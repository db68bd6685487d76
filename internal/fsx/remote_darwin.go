package fsx

import "golang.org/x/sys/unix"

// remoteTypes maps the file system types of statfs(2) to the names that people know.
var remoteTypes = map[string]string{
	"nfs": "NFS", "smbfs": "SMB", "afpfs": "AFP", "webdav": "WebDAV", "ftp": "FTP",
	"macfuse": "FUSE", "osxfuse": "FUSE", "fuse-t": "FUSE",
}

// remote checks MNT_LOCAL, which every file system of another machine lacks. A FUSE file system may have it, so remoteTypes lists FUSE.
func remote(dir string) string {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return ""
	}
	return remoteKind(unix.ByteSliceToString(st.Fstypename[:]), st.Flags&unix.MNT_LOCAL != 0)
}

func remoteKind(kind string, local bool) string {
	name := remoteTypes[kind]
	if name == "" && !local {
		return kind
	}
	return name
}
