package machine

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/windows"
)

// This file reads the environment and command line of a process from its memory, where the system has no other way. The process
// keeps running and may change the data, so the data is checked. Its pointers are kept as numbers: as a Go pointer, an address of
// another process may look invalid to the garbage collector.

// maxEnvironment limits how many bytes of another process's environment are read. Windows sets no limit; most environments have a few KB.
const maxEnvironment = 1 << 20

type parameters = windows.RTL_USER_PROCESS_PARAMETERS

// Environment returns the environment of a process of this user, and whether it is whole. If not, env may hold a part of it.
func Environment(pid int) (env []string, whole bool) {
	h, at, err := openMemory(pid)
	if err != nil {
		return nil, false
	}
	defer windows.CloseHandle(h)
	size := word(h, at+unsafe.Offsetof(parameters{}.EnvironmentSize))
	if size > maxEnvironment {
		return nil, false
	}
	block, err := readMemory(h, word(h, at+unsafe.Offsetof(parameters{}.Environment)), size)
	if err != nil {
		return nil, false
	}
	return parseEnvironment(block)
}

func commandLineInMemory(pid int) (string, error) {
	h, at, err := openMemory(pid)
	if err != nil {
		return "", err
	}
	defer windows.CloseHandle(h)
	at += unsafe.Offsetof(parameters{}.CommandLine)
	length := word(h, at) & 0xffff // the first 16 bits of a UNICODE_STRING
	line, err := readMemory(h, word(h, at+unsafe.Offsetof(windows.NTUnicodeString{}.Buffer)), length)
	return windows.UTF16ToString(line), err
}

// openMemory returns a handle of a process and the address of its parameters. It refuses a 32-bit process, which has
// two sets of parameters, and every process if this program is a 32-bit one.
func openMemory(pid int) (h windows.Handle, at uintptr, err error) {
	h, err = windows.OpenProcess(windows.PROCESS_QUERY_INFORMATION|windows.PROCESS_VM_READ, false, uint32(pid))
	if err != nil {
		return 0, 0, err
	}
	var is32 bool
	var basic [unsafe.Sizeof(windows.PROCESS_BASIC_INFORMATION{}) / unsafe.Sizeof(at)]uintptr
	err = windows.IsWow64Process(h, &is32)
	if err == nil {
		err = windows.NtQueryInformationProcess(h, windows.ProcessBasicInformation, unsafe.Pointer(&basic), uint32(unsafe.Sizeof(basic)), nil)
	}
	if err != nil || is32 || unsafe.Sizeof(at) != 8 {
		windows.CloseHandle(h)
		return 0, 0, errors.Join(err, errors.ErrUnsupported)
	}
	block := basic[unsafe.Offsetof(windows.PROCESS_BASIC_INFORMATION{}.PebBaseAddress)/unsafe.Sizeof(at)]
	return h, word(h, block+unsafe.Offsetof(windows.PEB{}.ProcessParameters)), nil
}

// word reads a number from the memory of another process. It returns 0 if it cannot; a read at address 0 then fails too.
func word(h windows.Handle, address uintptr) (w uintptr) {
	var n uintptr
	if windows.ReadProcessMemory(h, address, (*byte)(unsafe.Pointer(&w)), unsafe.Sizeof(w), &n) != nil || n != unsafe.Sizeof(w) {
		return 0
	}
	return w
}

// readMemory reads size bytes of UTF-16 text.
func readMemory(h windows.Handle, address, size uintptr) ([]uint16, error) {
	if size < 2 {
		return nil, errors.ErrUnsupported
	}
	text := make([]uint16, size/2)
	var n uintptr
	err := windows.ReadProcessMemory(h, address, (*byte)(unsafe.Pointer(&text[0])), size/2*2, &n)
	return text[:n/2], err
}
