package lockcore

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// szomb is SZOMB of <sys/proc.h>: p_stat of a process that waits for its parent.
const szomb = 5

func probe(pid int) (Process, []string) {
	if errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
		return Process{Status: Gone}, nil
	}
	info, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil || int(info.Proc.P_pid) != pid {
		return Process{Status: Running}, nil
	}
	if info.Proc.P_stat == szomb {
		return Process{Status: Zombie}, nil
	}
	tv := info.Proc.P_starttime
	started := time.Unix(tv.Unix())
	argv, _ := procArgs(pid)
	return Process{Status: Running, Started: started, StartID: uint64(started.UnixMicro())}, argv
}

// procArgs asks for KERN_PROCARGS2. Another user's are refused.
func procArgs(pid int) (argv, env []string) {
	raw, err := unix.SysctlRaw("kern.procargs2", pid)
	if err != nil {
		return nil, nil
	}
	return parseProcArgs(raw)
}

// environment returns the environment that a process was started with, if it may be read and is whole.
func environment(pid int) (env []string, whole bool) {
	_, env = procArgs(pid)
	return env, len(env) > 0
}

// eachDaemon calls visit with every process that is a daemon or a lockbar run by its arguments.
func eachDaemon(visit func(Process, claim)) {
	list, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return
	}
	ourselves := filepath.Base(os.Args[0])
	for _, info := range list {
		if name := unix.ByteSliceToString(info.Proc.P_comm[:]); mayBeDaemon(name, ourselves) {
			visitDaemon(int(info.Proc.P_pid), visit)
		}
	}
}

// BootTime is when this machine started, by the wall clock of now; zero when not known. It moves when the clock is set.
func BootTime() time.Time {
	tv, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return time.Time{}
	}
	return time.Unix(tv.Unix())
}

// bootID is equal only within one run of the machine; empty when not known.
func bootID() string {
	id, err := unix.Sysctl("kern.bootsessionuuid")
	if err != nil {
		return ""
	}
	return id
}
