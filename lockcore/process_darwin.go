package lockcore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// szomb is SZOMB of <sys/proc.h>: p_stat of a process that waits for its parent.
const szomb = 5

func probe(pid int) Process {
	if errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
		return Process{Status: Gone}
	}
	info, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil || int(info.Proc.P_pid) != pid {
		return Process{Status: Running}
	}
	if info.Proc.P_stat == szomb {
		return Process{Status: Zombie}
	}
	tv := info.Proc.P_starttime
	started := time.Unix(tv.Unix())
	return Process{Status: Running, Started: started, StartID: uint64(started.UnixMicro()), Command: arguments(pid)}
}

// arguments reads kern.procargs2: argc, the program's path, padding zeros, then the arguments. Another user's are refused.
func arguments(pid int) string {
	raw, err := unix.SysctlRaw("kern.procargs2", pid)
	if err != nil || len(raw) < 4 {
		return ""
	}
	argc := int(binary.LittleEndian.Uint32(raw))
	_, rest, _ := bytes.Cut(raw[4:], []byte{0})
	parts := bytes.SplitN(bytes.TrimLeft(rest, "\x00"), []byte{0}, argc+1)
	return string(bytes.Join(parts[:min(argc, len(parts))], []byte{' '}))
}

// BootTime is when this machine started, by the wall clock of now; zero when not known. It moves when the clock is set.
func BootTime() time.Time {
	tv, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return time.Time{}
	}
	return time.Unix(tv.Unix())
}
