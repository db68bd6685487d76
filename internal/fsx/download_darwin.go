package fsx

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Numbers of setiopolicy_np(3), from <sys/resource.h> and, for the command, xnu's resource_private.h.
const (
	iopolCommandSet     = 2
	iopolScopeProcess   = 0
	iopolMaterialize    = 3 // IOPOL_TYPE_VFS_MATERIALIZE_DATALESS_FILES
	iopolMaterializeOff = 1 // IOPOL_MATERIALIZE_DATALESS_FILES_OFF
)

// iopolParameters is struct _iopol_param_t.
type iopolParameters struct{ scope, kind, policy int32 }

func neverDownload() error {
	p := iopolParameters{iopolScopeProcess, iopolMaterialize, iopolMaterializeOff}
	//lint:ignore SA1019 golang.org/x/sys wraps everything but this, and a call of libSystem without cgo takes much more
	_, _, errno := unix.Syscall(unix.SYS_IOPOLICYSYS, iopolCommandSet, uintptr(unsafe.Pointer(&p)), 0)
	if errno != 0 {
		return os.NewSyscallError("iopolicysys", errno)
	}
	return nil
}
