package lockcore

import (
	"errors"
	"os"
	"path/filepath"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// stillActive is STILL_ACTIVE, the exit code of a process that has none yet (GetExitCodeProcess).
const stillActive = 259

func probe(pid int) (Process, []string) {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
		return Process{Status: Gone}, nil
	}
	if err != nil {
		return Process{Status: Running}, nil // access denied: it is there
	}
	defer windows.CloseHandle(h)
	// OpenProcess ignores the two lowest bits; a PID is a multiple of four.
	if id, err := windows.GetProcessId(h); err == nil && int(id) != pid {
		return Process{Status: Gone}, nil
	}
	var code uint32
	if windows.GetExitCodeProcess(h, &code) == nil && code != stillActive {
		return Process{Status: Gone}, nil // ended, and somebody still has a handle
	}
	p := Process{Status: Running}
	var created, exited, kernel, user windows.Filetime
	if windows.GetProcessTimes(h, &created, &exited, &kernel, &user) == nil {
		p.Started = time.Unix(0, created.Nanoseconds())
		p.StartID = uint64(created.Nanoseconds())
	}
	return p, arguments(h)
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

// environment is not read: another process keeps it where only its own pointers lead.
func environment(int) (env []string, whole bool) { return nil, false }

// eachDaemon calls visit with every process that is a daemon or a lockbar run by its arguments.
func eachDaemon(visit func(Process, claim)) {
	table, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return
	}
	defer windows.CloseHandle(table)
	ourselves := filepath.Base(os.Args[0])
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(table, &entry); err == nil; err = windows.Process32Next(table, &entry) {
		if mayBeDaemon(windows.UTF16ToString(entry.ExeFile[:]), ourselves) {
			visitDaemon(int(entry.ProcessID), visit)
		}
	}
}

// BootTime is when this machine started, by the wall clock of now; zero when not known. It moves when the clock is set.
func BootTime() time.Time {
	return time.Now().Round(0).Add(-windows.DurationSinceBoot())
}

// bootID: this system has none that we know.
func bootID() string { return "" }
