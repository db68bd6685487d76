package lockcore

var (
	ParseStat        = parseStat
	IsThreadStatus   = isThreadStatus
	ParseInnerPID    = parseInnerPID
	ParseTitleArea   = parseTitleArea
	ParseMountDevice = parseMountDevice
)

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
