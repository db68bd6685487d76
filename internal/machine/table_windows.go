package machine

import (
	"math"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Candidates lists the processes whose program has a file name that program accepts, except launchers, whose children are listed.
func Candidates(_ []string, program func(name string) bool) []int {
	return withoutLaunchers(Table(program))
}

const (
	firstTable = 256 << 10 // bytes for some 300 processes with their threads
	maxTable   = 64 << 20
)

// Table lists the processes whose program has a file name that program accepts. Of a process that denies access it has the start and
// the parent, but not the arguments.
func Table(program func(name string) bool) (table []Entry) {
	buf, err := queryGrowing(firstTable, maxTable, func(p unsafe.Pointer, size uint32, n *uint32) error {
		return windows.NtQuerySystemInformation(windows.SystemProcessInformation, p, size, n)
	})
	if err != nil {
		return nil
	}
	for _, e := range entries(buf) {
		if program(e.Name) {
			e.Args = argumentsOf(e.PID)
			table = append(table, e)
		}
	}
	return table
}

// entries reads SYSTEM_PROCESS_INFORMATION structures, each of which has the offset of the next one.
func entries(buf []uint64) (all []Entry) {
	size, at := uintptr(len(buf)*8), uintptr(0)
	for size-at >= unsafe.Sizeof(windows.SYSTEM_PROCESS_INFORMATION{}) {
		p := (*windows.SYSTEM_PROCESS_INFORMATION)(unsafe.Add(unsafe.Pointer(&buf[0]), at))
		all = append(all, Entry{PID: int(p.UniqueProcessID), Parent: int(p.InheritedFromUniqueProcessID), StartID: startID(p.CreateTime), Name: textIn(buf, &p.ImageName)})
		if p.NextEntryOffset == 0 || uintptr(p.NextEntryOffset) > size-at {
			break
		}
		at += uintptr(p.NextEntryOffset)
	}
	return all
}

// startID returns the StartID of a FILETIME, in nanoseconds as time.Unix takes them. It returns 0, unknown, outside the years 1970 to
// 2262: the system's own processes have no start, and wine 8 lists a process before it sets its start (0x5555555555555555 until then).
func startID(created int64) uint64 {
	const epoch = 116444736000000000 // 1970, in 100 ns since 1601
	if created <= epoch || created-epoch > math.MaxInt64/100 {
		return 0
	}
	return uint64((created - epoch) * 100)
}

func argumentsOf(pid int) []string {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return nil
	}
	defer windows.CloseHandle(h)
	return arguments(pid, h)
}
