package lockcore

var (
	ParseStat      = parseStat
	IsThreadStatus = isThreadStatus
	ParseInnerPID  = parseInnerPID
	ParseTitleArea = parseTitleArea
)

// ParseMountDevice finds the device of a mount in /proc/PID/mountinfo.
func ParseMountDevice(mountinfo []byte, id uint64) string {
	return deviceOf(parseMounts(mountinfo), id)
}

// MountedAt lists the paths by which what is at path may be reached.
func MountedAt(mountinfo, path string) []string { return parseMounts([]byte(mountinfo)).paths(path) }

// Flock is one lock of flock(2) in /proc/locks.
type Flock struct {
	PID    int
	Device string
	Inode  uint64
}

func ParseFlocks(data []byte) (locks []Flock) {
	for _, l := range parseFlocks(data) {
		locks = append(locks, Flock{l.pid, l.device, l.inode})
	}
	return locks
}
