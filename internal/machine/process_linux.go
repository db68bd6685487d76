package machine

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// userHZ is the unit of /proc/PID/stat times: 1/100 s on every Linux, whatever the kernel's own tick (proc(5), USER_HZ).
const userHZ = 100

// maxArguments limits how many bytes of another process's arguments are read: a title with the longest path (PATH_MAX) fits.
const maxArguments = 16 << 10

// firstRead is the size of the first read from a file of /proc; most files are shorter.
const firstRead = 4096

func probe(pid int) Process {
	if !exists(pid) {
		return Process{Presence: Gone}
	}
	var buf [firstRead]byte
	stat, err := readProc(pid, "stat", buf[:])
	if err != nil {
		// The process is hidden (hidepid, or a /proc of another namespace) or has just ended. kill(2) decides: EPERM means that it exists.
		if errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			return Process{Presence: Gone}
		}
		return Process{Presence: Running}
	}
	p := parseStat(stat)
	if p.Presence == Running {
		p.Args = arguments(pid, buf[:])
	}
	return p
}

// arguments returns the argument vector of a process, cut after maxArguments bytes; nil if it cannot be read.
func arguments(pid int, buf []byte) []string {
	block, err := readProc(pid, "cmdline", buf)
	if err == nil && len(block) == len(buf) {
		block, err = readProc(pid, "cmdline", make([]byte, maxArguments))
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil
	}
	return split(string(block))
}

// exists reports whether a PID names a process. It calls pidfd_open(2), which rejects the ID of a thread (EINVAL, in newer kernels ENOENT);
// kill(2) takes it for a process. If there is no such call (before 5.3, some sandboxes), or no descriptor is left, kill and /proc decide.
func exists(pid int) bool {
	fd, err := unix.PidfdOpen(pid, 0)
	switch {
	case err == nil:
		unix.Close(fd)
		return true
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOENT):
		return false
	case errors.Is(unix.Kill(pid, 0), unix.ESRCH):
		return false
	}
	status, err := readProc(pid, "status", make([]byte, firstRead))
	return err != nil || !isThreadStatus(status, pid)
}

// isThreadStatus reports whether /proc/PID/status is of a thread of another process.
func isThreadStatus(status []byte, pid int) bool {
	tgid := statusFields(status, "Tgid")
	return len(tgid) == 1 && string(tgid[0]) != strconv.Itoa(pid)
}

// statusFields returns the values of a named line of /proc/PID/status, except the first line, Name. A process name cannot forge a line,
// since the kernel escapes newlines in it.
func statusFields(status []byte, name string) [][]byte {
	_, rest, _ := bytes.Cut(status, []byte("\n"+name+":"))
	line, _, _ := bytes.Cut(rest, []byte{'\n'})
	return bytes.Fields(line)
}

// procIsOurs reports whether /proc shows the PIDs of our namespace. In a PID namespace with the /proc of another one it would
// describe unrelated processes.
var procIsOurs = sync.OnceValue(func() bool {
	self, err := os.Readlink("/proc/self")
	return err == nil && self == strconv.Itoa(os.Getpid())
})

// readProc reads a file of /proc/PID once. It uses bare system calls: os.File would offer the descriptor to the poller first, which costs
// as much again.
func readProc(pid int, name string, buf []byte) ([]byte, error) {
	if !procIsOurs() {
		return nil, &os.PathError{Op: "open", Path: "/proc", Err: unix.ENOENT}
	}
	fd, err := unix.Open(procPath(pid, name), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: "/proc", Err: err}
	}
	defer unix.Close(fd)
	n, err := unix.Read(fd, buf)
	if err == nil && n == 0 {
		err = io.EOF
	}
	return buf[:max(n, 0)], err
}

// firstStat is the number of the first field that statFields returns, as proc(5) counts.
const firstStat = 3

// statFields returns the fields of /proc/PID/stat after the last ')': the name before it may hold anything.
func statFields(stat []byte) [][]byte { return bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) }

// parseStat reads state, threads and start time of /proc/PID/stat.
func parseStat(stat []byte) Process {
	const state, threads, start = 3 - firstStat, 20 - firstStat, 22 - firstStat
	fields := statFields(stat)
	if len(fields) <= start {
		return Process{Presence: Running}
	}
	// A leader that ended before its other threads is shown as Z too, but its process lives.
	living, _ := strconv.Atoi(string(fields[threads]))
	if s := fields[state][0]; s == 'X' || s == 'Z' && living < 2 {
		return Process{Presence: Zombie}
	}
	ticks, err := strconv.ParseUint(string(fields[start]), 10, 64)
	if err != nil {
		return Process{Presence: Running}
	}
	// Truncate to the tick, since anything finer is the jitter of two clocks, and each probe should give the same time. Do not round,
	// since nothing that a process does may come before its start.
	started := BootTime().Add(time.Duration(ticks) * (time.Second / userHZ)).Truncate(time.Second / userHZ)
	return Process{Presence: Running, Started: started, StartID: ticks + 1} // + 1: 0 means unknown
}

// BootTime returns the time when this machine started, by the current wall clock. It moves when the clock is set.
func BootTime() time.Time {
	var boot time.Time
	for range clockTries {
		before, now, after := uptime(), time.Now(), uptime()
		boot = now.Round(0).Add(-before)
		if after-before < clockJitter {
			break
		}
	}
	return boot
}

const (
	// clockJitter bounds the time between the readings of the two clocks: if the program was stopped or the machine slept in
	// between, the computed boot time would be wrong.
	clockJitter = time.Millisecond
	clockTries  = 10
)

// uptime returns the time since the boot, including sleep. It cannot fail: every kernel since 2.6.39 has the clock.
func uptime() time.Duration {
	var up unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &up)
	return time.Duration(up.Nano())
}

// BootID returns an id that changes with each boot; empty if unknown.
func BootID() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(id))
}

// split splits a block of strings that end with NUL, as in /proc/PID/cmdline and environ.
func split(block string) []string {
	if block == "" {
		return []string{}
	}
	return strings.Split(strings.TrimSuffix(block, "\x00"), "\x00")
}
