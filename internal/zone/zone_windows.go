package zone

import (
	"sync/atomic"
	"syscall"
	"time"
)

// first holds the system's zone at the start, from which time.Local was made.
var first = currentRules()

// A setting is a zone as Windows describes it. It is immutable.
type setting struct {
	rules syscall.Timezoneinformation
	kind  uint32 // whether daylight saving time applies now
	zone  *time.Location
}

var newest atomic.Pointer[setting]

func currentRules() syscall.Timezoneinformation {
	var rules syscall.Timezoneinformation
	_, _ = syscall.GetTimeZoneInformation(&rules) // on failure the rules are zero, and never equal the current ones
	return rules
}

// here returns time.Local while the zone is that of the start. For another zone it applies the current offset to all times: Go
// reads the rules of daylight saving time for time.Local alone.
func here() *time.Location {
	var rules syscall.Timezoneinformation
	kind, err := syscall.GetTimeZoneInformation(&rules)
	if err != nil || rules == first {
		return time.Local
	}
	return fixed(rules, kind)
}

// fixed returns a zone with the offset of these rules and kind: the last one if that has the same.
func fixed(rules syscall.Timezoneinformation, kind uint32) *time.Location {
	if s := newest.Load(); s != nil && s.rules == rules && s.kind == kind {
		return s.zone
	}
	zone := time.FixedZone("Local", offset(rules, kind))
	newest.Store(&setting{rules, kind, zone})
	return zone
}

// offset returns how far a zone is east of UTC, in seconds. Windows counts minutes to the west.
func offset(rules syscall.Timezoneinformation, kind uint32) int {
	minutes := rules.Bias
	switch kind {
	case syscall.TIME_ZONE_ID_STANDARD:
		minutes += rules.StandardBias
	case syscall.TIME_ZONE_ID_DAYLIGHT:
		minutes += rules.DaylightBias
	}
	return -int(minutes) * 60
}
