package fsx

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestNeverDownload reads back the policy that was set, which proves that the numbers are right.
func TestNeverDownload(t *testing.T) {
	if err := NeverDownload(); err != nil {
		t.Fatal(err)
	}
	const get = 1
	p := iopolParameters{scope: iopolScopeProcess, kind: iopolMaterialize}
	//lint:ignore SA1019 as in neverDownload
	if _, _, errno := unix.Syscall(unix.SYS_IOPOLICYSYS, get, uintptr(unsafe.Pointer(&p)), 0); errno != 0 || p.policy != iopolMaterializeOff {
		t.Errorf("iopolicysys: %v, policy %d", errno, p.policy)
	}
}
