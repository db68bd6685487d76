package doctor

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"lockbar/internal/words"
)

// systemName is the distribution's own name (os-release(5)) and the kernel.
func systemName() string {
	name := "Linux"
	for _, path := range []string{"/etc/os-release", "/usr/lib/os-release"} {
		if data, err := os.ReadFile(path); err == nil {
			name = prettyName(string(data))
			break
		}
	}
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return name
	}
	return name + ", kernel " + words.Clean(unix.ByteSliceToString(u.Release[:]))
}

func prettyName(text string) string {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, "PRETTY_NAME="); ok {
			return words.Clean(strings.Trim(strings.TrimSpace(value), `"'`))
		}
	}
	return "Linux"
}

// kinds of file systems that other machines use too, by the magic numbers of statfs(2).
var kinds = map[uint32]string{
	unix.NFS_SUPER_MAGIC:  "NFS",
	unix.SMB_SUPER_MAGIC:  "SMB",
	unix.SMB2_SUPER_MAGIC: "SMB",
	unix.CIFS_SUPER_MAGIC: "SMB",
	unix.FUSE_SUPER_MAGIC: "FUSE (as sshfs, rclone or a virtual drive are)",
	unix.V9FS_MAGIC:       "9P",
	unix.AFS_SUPER_MAGIC:  "AFS",
	unix.CEPH_SUPER_MAGIC: "Ceph",
}

func fileSystem(dir string) string {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return ""
	}
	return kinds[uint32(st.Type)]
}
