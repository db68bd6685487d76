package cli

import (
	"bytes"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// lastSignal is the last real-time signal.
const lastSignal = 64

// dieWith has the kernel send the child a signal when the thread that starts it ends.
func dieWith(attr *syscall.SysProcAttr, s syscall.Signal) *syscall.SysProcAttr {
	attr.Pdeathsig = s
	return attr
}

// adoptOrphans makes this process the parent of every descendant whose own parent ends, however it detached itself. Linux has it
// since 3.4.
func adoptOrphans() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// renameProcess keeps `killall -9 lockbar` from killing the minder too: then nobody would be left to end what CMD started.
func renameProcess() { _ = os.WriteFile("/proc/self/comm", []byte("lock-minder"), 0) }

// endDescendants kills all descendants of this process, which are those of its children that are not spared and what becomes its
// child as they die. Nobody else may wait for children meanwhile: one that was not waited for keeps its PID. It returns those
// children that may not be signalled, since they run under another real user id; what they started goes on too.
//
// It stops when a look finds none to kill: a child that was not waited for stays listed (the list may miss others only, proc(5)),
// and its own children become ours before it can be waited for.
func endDescendants(group int, spared func(pid int) bool) (left []int) {
	for {
		killed, left := endChildren(group, spared)
		if !killed {
			return left
		}
		for options := 0; ; options = unix.WNOHANG {
			pid, _, err := wait(options)
			if err != nil || pid == 0 {
				break
			}
		}
	}
}

func endChildren(group int, spared func(pid int) bool) (killed bool, left []int) {
	for pid := range children() {
		switch {
		case spared(pid):
		case endChild(pid, group) == nil:
			killed = true
		default:
			left = append(left, pid)
		}
	}
	return killed, left
}

// endChild kills a child, and its whole group by the same signal where that holds only descendants of ours: a fork cannot escape
// then. It is so for CMD's group, and in every other session than our own, which a descendant must have made.
func endChild(pid, group int) error {
	theirs, err := unix.Getpgid(pid)
	if err == nil && theirs > 1 && (theirs == group || inOtherSession(pid)) {
		_ = unix.Kill(-theirs, unix.SIGKILL)
	}
	return unix.Kill(pid, unix.SIGKILL)
}

func inOtherSession(pid int) bool {
	own, errOwn := unix.Getsid(0)
	theirs, err := unix.Getsid(pid)
	return errOwn == nil && err == nil && theirs != own
}

// children lists the children of this process. The kernel lists them (CONFIG_PROC_CHILDREN), or the process table is searched.
func children() iter.Seq[int] {
	return func(yield func(int) bool) {
		lists, _ := filepath.Glob("/proc/self/task/*/children")
		if len(lists) == 0 {
			searchChildrenOf(os.Getpid(), yield)
			return
		}
		for _, list := range lists {
			data, _ := os.ReadFile(list)
			for _, field := range bytes.Fields(data) {
				if pid, err := strconv.Atoi(string(field)); err == nil && !yield(pid) {
					return
				}
			}
		}
	}
}

// searchChildrenOf begins with the newest processes: of those that fork and end at once, the youngest is the one to catch.
func searchChildrenOf(process int, yield func(int) bool) {
	proc, err := os.Open("/proc")
	if err != nil {
		return
	}
	defer proc.Close()
	names, _ := proc.Readdirnames(-1)
	for i := len(names) - 1; i >= 0; i-- {
		pid, err := strconv.Atoi(names[i])
		if err != nil {
			continue
		}
		if parent, known := parentOf(pid); known && parent == process && !yield(pid) {
			return
		}
	}
}

// parentOf reads the second field behind the name, which may itself hold parentheses (proc_pid_stat(5)).
func parentOf(pid int) (parent int, known bool) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	fields := bytes.Fields(data[bytes.LastIndexByte(data, ')')+1:])
	if len(fields) < 2 {
		return 0, false
	}
	parent, err = strconv.Atoi(string(fields[1]))
	return parent, err == nil
}
