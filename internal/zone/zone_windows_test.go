package zone

import (
	"syscall"
	"testing"
)

func TestOffset(t *testing.T) {
	berlin := syscall.Timezoneinformation{Bias: -60, DaylightBias: -60}
	for kind, want := range map[uint32]int{syscall.TIME_ZONE_ID_UNKNOWN: 3600, syscall.TIME_ZONE_ID_STANDARD: 3600, syscall.TIME_ZONE_ID_DAYLIGHT: 7200} {
		if got := offset(berlin, kind); got != want {
			t.Errorf("%d: %d s, want %d", kind, got, want)
		}
	}
}
