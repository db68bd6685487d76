package machine

import (
	"bytes"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"lockbar/internal/fsx"
)

// FlockOwners lists the processes that hold flock(2) on one of these files, as far as /proc/locks shows them to this PID namespace.
// An empty list proves nothing. FlockOwners does not open the files.
func FlockOwners(paths ...string) (pids []int) {
	var table []flock
	for _, path := range paths {
		id, mount, ok := mountedFile(path)
		if !ok {
			continue
		}
		if table == nil {
			table = readFlocks()
		}
		pids = append(pids, owners(table, id, mount)...)
	}
	return pids
}

// mountedFile returns the inode number of a file and the ID of its mount.
func mountedFile(path string) (inode, mount uint64, ok bool) {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_INO|unix.STATX_MNT_ID, &st)
	return st.Ino, st.Mnt_id, err == nil && st.Mask&unix.STATX_MNT_ID != 0
}

// owners returns the owners of the locks on one file. It looks up the device only if a lock has that inode number.
func owners(table []flock, inode, mount uint64) (pids []int) {
	var device string
	for _, lock := range table {
		if lock.inode != inode {
			continue
		}
		if device == "" {
			device = fsx.MountDevice(mount)
		}
		if device != "" && lock.device == device && !slices.Contains(pids, lock.pid) {
			pids = append(pids, lock.pid)
		}
	}
	return pids
}

// A flock is one lock of flock(2) in /proc/locks. The device is that of the mount, major:minor in decimal, which differs from
// st_dev on some file systems (btrfs).
type flock struct {
	pid    int
	device string
	inode  uint64
}

func readFlocks() []flock {
	data, err := os.ReadFile("/proc/locks")
	if err != nil {
		return nil
	}
	return parseFlocks(data)
}

// parseFlocks reads /proc/locks (proc(5)): "1: FLOCK  ADVISORY  WRITE 1234 fd:01:1048 0 EOF", device numbers in hexadecimal. Lines
// with "->" belong to waiting processes. A PID below 1 stands for a process that we do not see: outside our namespace, or on another
// computer.
func parseFlocks(data []byte) (locks []flock) {
	for line := range bytes.Lines(data) {
		fields := bytes.Fields(line)
		if len(fields) < 6 || string(fields[1]) != "FLOCK" {
			continue
		}
		pid, err := strconv.ParseInt(string(fields[4]), 10, 32)
		device, inode, ok := parseLockedFile(fields[5])
		if err == nil && pid > 0 && ok {
			locks = append(locks, flock{int(pid), device, inode})
		}
	}
	return locks
}

func parseLockedFile(text []byte) (device string, inode uint64, ok bool) {
	parts := bytes.Split(text, []byte{':'})
	if len(parts) != 3 {
		return "", 0, false
	}
	major, errMajor := strconv.ParseUint(string(parts[0]), 16, 32)
	minor, errMinor := strconv.ParseUint(string(parts[1]), 16, 32)
	inode, err := strconv.ParseUint(string(parts[2]), 10, 64)
	return strconv.FormatUint(major, 10) + ":" + strconv.FormatUint(minor, 10), inode, errMajor == nil && errMinor == nil && err == nil
}
