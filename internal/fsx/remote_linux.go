package fsx

import "golang.org/x/sys/unix"

// remoteTypes lists the file systems where others change files without an inotify event here, by the magic numbers of statfs(2) and
// <linux/magic.h>. FUSE is among them: its server may change files without an event.
var remoteTypes = map[uint32]string{
	unix.NFS_SUPER_MAGIC:   "NFS",
	unix.SMB_SUPER_MAGIC:   "SMB",
	unix.SMB2_SUPER_MAGIC:  "SMB",
	unix.CIFS_SUPER_MAGIC:  "CIFS",
	unix.FUSE_SUPER_MAGIC:  "FUSE",
	unix.V9FS_MAGIC:        "9P",
	unix.AFS_SUPER_MAGIC:   "AFS",
	unix.CODA_SUPER_MAGIC:  "Coda",
	unix.CEPH_SUPER_MAGIC:  "Ceph",
	unix.OCFS2_SUPER_MAGIC: "OCFS2",
	0x01161970:             "GFS2",   // <linux/gfs2_ondisk.h>
	0x0bd00bd0:             "Lustre", // LL_SUPER_MAGIC of its own header lustre_user.h
	0x786f4256:             "vboxsf", // VirtualBox shared folder
	0xbacbacbc:             "VMware HGFS",
}

func remote(dir string) string {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return ""
	}
	return remoteTypes[uint32(st.Type)]
}
