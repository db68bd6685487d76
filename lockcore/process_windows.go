package lockcore

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
		return Process{Status: Gone}
	}
	if err != nil {
		return Process{Status: Running} // access denied: it is there
	}
	defer windows.CloseHandle(h)
	// OpenProcess ignores the two lowest bits; a PID is a multiple of four.
	if id, err := windows.GetProcessId(h); err == nil && int(id) != pid {
		return Process{Status: Gone}
	}
	var code uint32
	if windows.GetExitCodeProcess(h, &code) == nil && code != stillActive {
		return Process{Status: Gone} // ended, and somebody still has a handle
	}
	p := Process{Status: Running, Command: commandLine(h)}
	var created, exited, kernel, user windows.Filetime
	if windows.GetProcessTimes(h, &created, &exited, &kernel, &user) == nil {
		p.Started = time.Unix(0, created.Nanoseconds())
		p.StartID = uint64(created.Nanoseconds())
	}
	return p
}

// commandLine asks for ProcessCommandLineInformation (Windows 8.1 and later); empty where that is refused.
func commandLine(h windows.Handle) string {
	buf := make([]byte, 64<<10)
	var n uint32
	err := windows.NtQueryInformationProcess(h, windows.ProcessCommandLineInformation,
		unsafe.Pointer(&buf[0]), uint32(len(buf)), &n)
	if err != nil {
		return ""
	}
	return (*windows.NTUnicodeString)(unsafe.Pointer(&buf[0])).String()
}

// BootTime is when this machine started, by the wall clock of now; zero when not known. It moves when the clock is set.
func BootTime() time.Time {
	return time.Now().Round(0).Add(-windows.DurationSinceBoot())
}
