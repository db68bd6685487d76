//go:build cgo

package login

// #cgo CFLAGS: -fobjc-arc
// #cgo LDFLAGS: -framework Foundation -framework ServiceManagement
// #include <stdlib.h>
// #include "service_darwin.h"
import "C"

import (
	"errors"
	"unsafe"
)

// systemServices calls SMAppService.
var systemServices serviceManagement

type serviceManagement struct{}

func (serviceManagement) app() serviceStatus { return serviceStatus(C.lockbarAppStatus()) }

func (serviceManagement) agent(path string) serviceStatus {
	file := C.CString(path)
	defer C.free(unsafe.Pointer(file))
	return serviceStatus(C.lockbarAgentStatus(file))
}

func (serviceManagement) register() error { return failure(C.lockbarRegister(true)) }

func (serviceManagement) unregister() error { return failure(C.lockbarRegister(false)) }

// failure returns the message of lockbarRegister as an error, and frees it; nil if there is none.
func failure(message *C.char) error {
	if message == nil {
		return nil
	}
	defer C.free(unsafe.Pointer(message))
	return errors.New(C.GoString(message))
}
