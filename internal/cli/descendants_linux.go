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

// dieWith makes the kernel send the child a signal when the thread that started it ends.
func dieWith(attr *syscall.SysProcAttr, s syscall.Signal) *syscall.SysProcAttr {
	attr.Pdeathsig = s
	return attr
}

// adoptOrphans makes this process the parent of every descendant whose own parent ends, even of one that detached itself (since
// Linux 3.4).
func adoptOrphans() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// renameProcess hides the minder from `killall -9 lockbar`, which would leave no process to end what CMD started.
func renameProcess() { _ = os.WriteFile("/proc/self/comm", []byte("lock-minder"), 0) }

// endDescendants kills all descendants of this process except the spared children and their descendants. It kills the children, and
// then the orphans that become children because their parent died. Meanwhile no other goroutine may wait for children: a child keeps
// its PID only until somebody waits for it. endDescendants returns the children that it may not signal, since they run under another
// real user id; their descendants keep running too.
//
// It ends when the list of children has none to kill. The list may be incomplete (proc(5)), but it always has the children that nobody
// has waited for. The children of a dead child become ours before anybody can wait for that child, so none is missed.
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

// endChild kills a child. If the child's group has only descendants of ours, one signal kills the whole group, and no fork can escape.
// CMD's group is such a group, and so is each group in another session, since a descendant must have made that session.
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

// children returns the children of this process. It searches the process table if the kernel does not list them
// (CONFIG_PROC_CHILDREN).
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

// searchChildrenOf yields the children of a process, from the highest PID down. That is usually the newest first: in a chain where each
// process forks the next and ends at once, only the newest is alive.
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

// parentOf returns the parent of a process: the second field after the name. The name may contain parentheses (proc_pid_stat(5)).
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
