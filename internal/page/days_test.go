package page

import (
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // so that no system skips these tests

	"lockbar/internal/report"
	"lockbar/internal/testfs"
	"lockbar/lockcore/watch"
)

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	testfs.Check(t, err)
	return zone
}

// TestDaysOfOtherLengths checks days on which the clocks change, at midnight too: each has its own length and ends where the next begins.
func TestDaysOfOtherLengths(t *testing.T) {
	for _, test := range []struct {
		zone, date, begins string
		hours              float64
	}{
		{"Europe/Berlin", "2026-03-29", "00:00", 23},
		{"Europe/Berlin", "2026-10-25", "00:00", 25},
		{"Europe/Berlin", "2026-07-01", "00:00", 24},
		{"America/Santiago", "2026-09-05", "00:00", 24},
		{"America/Santiago", "2026-09-06", "01:00", 23}, // there is no 00:00
		{"America/Santiago", "2026-04-04", "00:00", 25},
		{"America/Havana", "2026-03-08", "01:00", 23},
		{"America/Havana", "2026-11-01", "00:00", 25}, // 00:00 comes twice
		{"Asia/Amman", "2021-10-29", "00:00", 25},     // and here
		{"Pacific/Kiritimati", "2026-07-01", "00:00", 24},
		{"Etc/GMT+12", "2026-07-01", "00:00", 24},
	} {
		zone := location(t, test.zone)
		noon, err := time.ParseInLocation("2006-01-02 15:04", test.date+" 12:00", zone)
		testfs.Check(t, err)
		d := newDay(midnight(noon, 0), clock(12, 0))
		if got := d.date.Format("2006-01-02 15:04"); got != test.date+" "+test.begins || d.date.Add(-time.Second).Day() == d.date.Day() {
			t.Errorf("%s, %s: it begins at %s", test.zone, test.date, got)
		}
		if got := float64(d.to-d.from) / 3600e3; got != test.hours || d.x(d.to) != 100 || d.x(d.hour(0)) != 0 || d.x(d.hour(24)) != 100 {
			t.Errorf("%s, %s: %v hours, from %v to %v", test.zone, test.date, got, d.x(d.hour(0)), d.x(d.hour(24)))
		}
		if next := newDay(midnight(noon, 1), clock(12, 0)); next.from != d.to || !midnight(next.date, -1).Equal(d.date) {
			t.Errorf("%s, %s: it ends at %v, the next begins at %v", test.zone, test.date, d.to.in(zone), next.date)
		}
	}
}

// TestDayThatIsMissing checks Samoa, which skipped December 30 in 2011.
func TestDayThatIsMissing(t *testing.T) {
	if got := midnight(time.Date(2011, 12, 29, 12, 0, 0, 0, location(t, "Pacific/Apia")), 1); got.Day() != 31 || got.Hour() != 0 {
		t.Errorf("after the 29th comes %v", got)
	}
}

// pageIn returns the page of events at these times, in a zone.
func pageIn(t *testing.T, zone *time.Location, now time.Time, at ...time.Time) string {
	t.Helper()
	var events []report.Line
	for _, at := range at {
		events = append(events, happened(watch.Cleared, free(), at.Add(-time.Minute), free(), at))
	}
	_, content := wellFormed(t, (&History{Events: events, Now: now.In(zone)}).HTML())
	return content
}

// TestOneRowForADayWithoutMidnight checks that events before and after the missing hour are on two days.
func TestOneRowForADayWithoutMidnight(t *testing.T) {
	zone := location(t, "America/Santiago")
	last, first := time.Date(2026, 9, 5, 23, 30, 0, 0, zone), time.Date(2026, 9, 6, 1, 30, 0, 0, zone)
	content := pageIn(t, zone, first.Add(20*time.Hour), last, first)
	for name, want := range map[string]int{"6 September\n": 2, "5 September\n": 2, "01:00\n": 1} { // a row has its name twice
		if n := strings.Count(content, name); n != want {
			t.Errorf("%q occurs %d times in %s", name, n, content)
		}
	}
}

// TestZonesThatHold checks that the page names the zones of all its times.
func TestZonesThatHold(t *testing.T) {
	for _, test := range []struct{ zone, first, now, want string }{
		{"Europe/Berlin", "2026-11-20 12", "2026-11-22 12", "; all times are CET (UTC+01:00)."},
		{"Europe/Berlin", "2026-10-20 12", "2026-11-22 12", "; all times are CEST (UTC+02:00) or CET (UTC+01:00), as the clocks were set then."},
		{"Europe/Berlin", "2026-10-25 12", "2026-10-25 13", "; all times are CEST (UTC+02:00) or CET (UTC+01:00), as the clocks were set then."},
		{"Europe/Berlin", "2020-10-20 12", "2026-11-22 12", "; all times are CEST (UTC+02:00) or CET (UTC+01:00), as the clocks were set then."},
		{"America/Sao_Paulo", "2026-11-20 12", "2026-11-22 12", "; all times are UTC-03:00."},
		{"UTC", "2026-11-20 12", "2026-11-22 12", "; all times are UTC."},
	} {
		var times []time.Time
		for _, date := range []string{test.first, test.now} {
			at, err := time.Parse("2006-01-02 15", date)
			testfs.Check(t, err)
			times = append(times, at)
		}
		if content := pageIn(t, location(t, test.zone), times[1], times[0]); !strings.Contains(content, test.want) {
			t.Errorf("no %q in %s", test.want, content)
		}
	}
}

// TestZonesOfARule checks that zonesBetween gets past the last day of a leap year if a rule defines the zone, as in some packages of tzdata
// and in Go's own copy.
func TestZonesOfARule(t *testing.T) {
	header := "TZif2" + strings.Repeat("\x00", 15+4*3) + "\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x04" // one change, one zone, and a name of 4 bytes
	const zone = "\x00" + "\x00\x00\x0e\x10\x00\x00" + "CET\x00"
	data := header + "\x00\x00\x00\x00" + zone + header + strings.Repeat("\x00", 8) + zone + "\nCET-1CEST,M3.5.0,M10.5.0/3\n"
	berlin, err := time.LoadLocationFromTZData("Berlin", []byte(data))
	testfs.Check(t, err)
	from := time.Date(2028, time.July, 1, 12, 0, 0, 0, berlin)
	if got := zonesBetween(from, from.AddDate(2, 0, 0)); !slices.Equal(got, []string{"CEST (UTC+02:00)", "CET (UTC+01:00)"}) {
		t.Errorf("zonesBetween: %q", got)
	}
}
