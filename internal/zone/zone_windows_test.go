package zone

import (
	"syscall"
	"testing"
	"time"
)

func TestOffset(t *testing.T) {
	berlin := syscall.Timezoneinformation{Bias: -60, DaylightBias: -60}
	for kind, want := range map[uint32]int{syscall.TIME_ZONE_ID_UNKNOWN: 3600, syscall.TIME_ZONE_ID_STANDARD: 3600, syscall.TIME_ZONE_ID_DAYLIGHT: 7200} {
		if got := offset(berlin, kind); got != want {
			t.Errorf("%d: %d s, want %d", kind, got, want)
		}
	}
}

// TestDaylightSavingTimeBegins checks that the offset follows daylight saving time in the zone of a journey, whose rules stay the same.
func TestDaylightSavingTimeBegins(t *testing.T) {
	berlin := syscall.Timezoneinformation{Bias: -60, DaylightBias: -60}
	winter, summer := fixed(berlin, syscall.TIME_ZONE_ID_STANDARD), fixed(berlin, syscall.TIME_ZONE_ID_DAYLIGHT)
	at := time.Unix(0, 0)
	if at.In(winter).Hour() != 1 || at.In(summer).Hour() != 2 {
		t.Errorf("%v in winter, %v in summer", at.In(winter), at.In(summer))
	}
	if fixed(berlin, syscall.TIME_ZONE_ID_DAYLIGHT) != summer {
		t.Error("an unchanged setting made another zone")
	}
}
