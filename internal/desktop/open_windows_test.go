package desktop

import (
	"testing"

	"golang.org/x/sys/windows"
)

// TestServerThatIsOff checks that a path on a server that does not answer is not called missing, although package os says so.
func TestServerThatIsOff(t *testing.T) {
	if got := (missing{windows.ERROR_BAD_NETPATH}).Error(); got == ErrMissing.Error() {
		t.Error(got)
	}
}
