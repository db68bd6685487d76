package machine

import (
	"errors"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// stillActive is STILL_ACTIVE, the exit code of a process that has none yet (GetExitCodeProcess).
const stillActive = 259

func probe(pid int) Process {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
		return Process{Presence: Gone}
	}
	if err != nil {
		return Process{Presence: Running} // access denied: it is there
	}
	defer windows.CloseHandle(h)
	// OpenProcess ignores the two lowest bits; a PID is a multiple of four.
	if id, err := windows.GetProcessId(h); err == nil && int(id) != pid {
		return Process{Presence: Gone}
	}
	var code uint32
	if windows.GetExitCodeProcess(h, &code) == nil && code != stillActive {
		return Process{Presence: Gone} // ended, and somebody still has a handle
	}
	p := Process{Presence: Running}
	var created, exited, kernel, user windows.Filetime
	if windows.GetProcessTimes(h, &created, &exited, &kernel, &user) == nil {
		p.Started = time.Unix(0, created.Nanoseconds())
		p.StartID = uint64(created.Nanoseconds())
	}
	p.Args = arguments(h)
	return p
}

// arguments asks for ProcessCommandLineInformation (Windows 8.1 and later); nil where that is refused.
func arguments(h windows.Handle) []string {
	buf := make([]byte, 64<<10)
	var n uint32
	err := windows.NtQueryInformationProcess(h, windows.ProcessCommandLineInformation,
		unsafe.Pointer(&buf[0]), uint32(len(buf)), &n)
	if err != nil {
		return nil
	}
	argv, err := windows.DecomposeCommandLine((*windows.NTUnicodeString)(unsafe.Pointer(&buf[0])).String())
	if err != nil {
		return nil
	}
	return argv
}

// Environment is not read: another process keeps it where only its own pointers lead.
func Environment(int) (env []string, whole bool) { return nil, false }

// Candidates lists the processes whose program has a file name that program accepts.
func Candidates(_ []string, program func(name string) bool) (pids []int) {
	table, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return nil
	}
	defer windows.CloseHandle(table)
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(table, &entry); err == nil; err = windows.Process32Next(table, &entry) {
		if program(windows.UTF16ToString(entry.ExeFile[:])) {
			pids = append(pids, int(entry.ProcessID))
		}
	}
	return pids
}

// BootTime is when this machine started, by the wall clock of now; zero when not known. It moves when the clock is set.
func BootTime() time.Time {
	return time.Now().Round(0).Add(-windows.DurationSinceBoot())
}

// BootID returns nothing: this system has none that we know.
func BootID() string { return "" }
