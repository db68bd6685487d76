package machine

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// szomb is SZOMB of <sys/proc.h>: p_stat of a process that waits for its parent.
const szomb = 5

func probe(pid int) Process {
	if gone(pid) {
		return Process{Presence: Gone}
	}
	info, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil || int(info.Proc.P_pid) != pid {
		if gone(pid) { // meanwhile
			return Process{Presence: Gone}
		}
		return Process{Presence: Running}
	}
	if info.Proc.P_stat == szomb {
		return Process{Presence: Zombie}
	}
	tv := info.Proc.P_starttime
	started := time.Unix(tv.Unix())
	argv, _ := procArgs(pid)
	return Process{Presence: Running, Started: started, StartID: uint64(started.UnixMicro()), Args: argv}
}

func gone(pid int) bool { return errors.Is(unix.Kill(pid, 0), unix.ESRCH) }

// procArgs reads KERN_PROCARGS2. The system refuses it for another user's process.
func procArgs(pid int) (argv, env []string) {
	raw, err := unix.SysctlRaw("kern.procargs2", pid)
	if err != nil {
		return nil, nil
	}
	return parseProcArgs(raw)
}

// Environment returns the environment that a process was started with. whole is false if none of it can be read, as after a title that
// has overwritten it; a rest that parseProcArgs takes for the environment counts as whole.
func Environment(pid int) (env []string, whole bool) {
	_, env = procArgs(pid)
	return env, len(env) > 0
}

// Candidates lists the processes whose program has a file name that program accepts. The name may be truncated.
func Candidates(_ []string, program func(name string) bool) (pids []int) {
	list, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil
	}
	for _, info := range list {
		if program(unix.ByteSliceToString(info.Proc.P_comm[:])) {
			pids = append(pids, int(info.Proc.P_pid))
		}
	}
	return pids
}

// BootTime returns the time when this machine started, by the current wall clock; zero if unknown. It moves when the clock is set.
func BootTime() time.Time {
	tv, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return time.Time{}
	}
	return time.Unix(tv.Unix())
}

// BootID returns an id that changes with each boot; empty if unknown.
func BootID() string {
	id, err := unix.Sysctl("kern.bootsessionuuid")
	if err != nil {
		return ""
	}
	return id
}
