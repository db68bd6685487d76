package machine

import (
	"errors"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// stillActive is STILL_ACTIVE, the exit code of a process that has not ended (GetExitCodeProcess).
const stillActive = 259

func probe(pid int) Process {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
		return Process{Presence: Gone}
	}
	if err != nil {
		return Process{Presence: Running} // access denied: it exists
	}
	defer windows.CloseHandle(h)
	// OpenProcess ignores the two lowest bits; a PID is a multiple of four.
	if id, err := windows.GetProcessId(h); err == nil && int(id) != pid {
		return Process{Presence: Gone}
	}
	var code uint32
	if windows.GetExitCodeProcess(h, &code) == nil && code != stillActive {
		return Process{Presence: Gone} // it ended, but somebody still has a handle
	}
	p := Process{Presence: Running}
	var created, exited, kernel, user windows.Filetime
	if windows.GetProcessTimes(h, &created, &exited, &kernel, &user) == nil {
		p.StartID = startID(int64(created.HighDateTime)<<32 | int64(created.LowDateTime))
	}
	if p.StartID != 0 {
		p.Started = time.Unix(0, int64(p.StartID))
	}
	p.Args = arguments(pid, h)
	return p
}

// BootTime returns the time when this machine started, by the current wall clock. It moves when the clock is set.
func BootTime() time.Time {
	return time.Now().Round(0).Add(-windows.DurationSinceBoot())
}

// BootID returns "": this system has no known boot id.
func BootID() string { return "" }

const (
	// firstQuery is the size of the first buffer; most command lines are shorter.
	firstQuery = 4 << 10
	// maxCommandLine is the size of the header and the longest command line, whose length is a 16-bit number.
	maxCommandLine = 1<<16 + unsafe.Sizeof(windows.NTUnicodeString{})
)

// arguments returns the argument vector of a process; nil if it cannot be read, for example if access is denied.
func arguments(pid int, h windows.Handle) []string {
	line, err := commandLine(h)
	if errors.Is(err, windows.STATUS_INVALID_INFO_CLASS) || errors.Is(err, windows.STATUS_NOT_IMPLEMENTED) { // wine 8
		line, err = commandLineInMemory(pid)
	}
	if err != nil {
		return nil
	}
	argv, err := windows.DecomposeCommandLine(line)
	if err != nil {
		return nil
	}
	return argv
}

// commandLine queries ProcessCommandLineInformation.
func commandLine(h windows.Handle) (string, error) {
	buf, err := queryGrowing(firstQuery, int(maxCommandLine), func(p unsafe.Pointer, size uint32, n *uint32) error {
		return windows.NtQueryInformationProcess(h, windows.ProcessCommandLineInformation, p, size, n)
	})
	if err != nil {
		return "", err
	}
	return textIn(buf, (*windows.NTUnicodeString)(unsafe.Pointer(&buf[0]))), nil
}

// queryGrowing calls query with larger buffers until one is large enough or has most bytes.
func queryGrowing(size, most int, query func(p unsafe.Pointer, size uint32, n *uint32) error) ([]uint64, error) {
	for {
		buf := make([]uint64, size/8+1) // aligned as the structures in it
		var n uint32
		err := query(unsafe.Pointer(&buf[0]), uint32(len(buf)*8), &n)
		short := errors.Is(err, windows.STATUS_INFO_LENGTH_MISMATCH) || errors.Is(err, windows.STATUS_BUFFER_OVERFLOW) || errors.Is(err, windows.STATUS_BUFFER_TOO_SMALL)
		if !short || size >= most {
			return buf, err
		}
		size = min(max(2*size, int(n)), most)
	}
}

// textIn returns a string that the buffer holds and describes, or "" if the described range is outside the buffer.
func textIn(buf []uint64, s *windows.NTUnicodeString) string {
	first, length := uintptr(unsafe.Pointer(&buf[0])), uintptr(s.Length)
	at := uintptr(unsafe.Pointer(s.Buffer)) - first
	if size := uintptr(len(buf) * 8); at > size || length > size-at {
		return ""
	}
	return windows.UTF16ToString(unsafe.Slice(s.Buffer, length/2))
}
