package machine

import (
	"encoding/hex"
	"unsafe"

	"golang.org/x/sys/unix"
)

// waitSeconds bounds gethostuuid(2), which may wait for a service to start.
const waitSeconds = 1

// systemID returns the hardware's UUID (gethostuuid(2)).
func systemID() string {
	var uuid [16]byte
	wait := unix.Timespec{Sec: waitSeconds}
	//lint:ignore SA1019 golang.org/x/sys has no function for this, and a call of libSystem without cgo takes much more code
	_, _, err := unix.Syscall(unix.SYS_GETHOSTUUID, uintptr(unsafe.Pointer(&uuid)), uintptr(unsafe.Pointer(&wait)), 0)
	if err != 0 || uuid == [16]byte{} {
		return ""
	}
	return hex.EncodeToString(uuid[:])
}
