package words

import (
	"testing"
	"time"

	"lockbar/lockcore"
)

func TestAge(t *testing.T) {
	for _, test := range []struct {
		age  time.Duration
		want string
	}{
		{-time.Hour, "just now"},
		{0, "just now"},
		{9999 * time.Millisecond, "just now"},
		{10 * time.Second, "10 s"},
		{59 * time.Second, "59 s"},
		{time.Minute, "1 min"},
		{59*time.Minute + 59*time.Second, "59 min"},
		{time.Hour, "1 h"},
		{47 * time.Hour, "47 h"},
		{48 * time.Hour, "2 days"},
		{400 * 24 * time.Hour, "400 days"},
	} {
		if got := ageText(test.age); got != test.want {
			t.Errorf("ageText(%v) = %q, want %q", test.age, got, test.want)
		}
	}
}

func TestSince(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 14, 30, 0, time.FixedZone("here", 3600))
	for _, test := range []struct{ name, startedAt, want string }{
		{"today, in the reader's zone", "2026-11-22T08:14:00.817216+00:00", "since 09:14, 3 h"},
		{"another day", "2026-11-20T08:14:00+00:00", "since 20 Nov 09:14, 2 days"},
		{"another year", "2025-11-22T08:14:00+00:00", "since 22 Nov 2025 09:14, 365 days"},
		{"another clock", "2026-11-22T11:15:00+00:00", "since 12:15, just now"},
		{"the future", "2030-01-01T00:00:00+00:00", "since 1 Jan 2030 01:00 by a clock that is ahead"},
		{"no timestamp", "yesterday \x1b[31m", "since an unknown time"},
	} {
		if got := Since(lockcore.Record{StartedAt: test.startedAt}, now); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestHost(t *testing.T) {
	for _, test := range []struct{ hostname, want string }{
		{"mac-mini.local", "mac-mini"},
		{"Mac-Mini.LOCAL.", "Mac-Mini"},
		{"mac.lan", "mac.lan"},
		{".local", ".local"},
		{"local", "local"},
		{".", "."},
		{"", "an unknown host"},
		{"a\x1b.local", "a"},
	} {
		if got := Host(lockcore.Record{Hostname: test.hostname}); got != test.want {
			t.Errorf("Host(%q) = %q, want %q", test.hostname, got, test.want)
		}
	}
}

// TestHostAmong checks that a machine gets its whole name if the short one would also be that of another machine.
func TestHostAmong(t *testing.T) {
	mac := lockcore.Record{Hostname: "mac.local"}
	for _, test := range []struct {
		others []string
		want   string
	}{
		{nil, "mac"},
		{[]string{"", "mac.local.", "MAC.local"}, "mac"},
		{[]string{"mini", "mac"}, "mac.local"},
		{[]string{"Mac."}, "mac.local"},
	} {
		if got := HostAmong(mac, test.others...); got != test.want {
			t.Errorf("among %q: %q, want %q", test.others, got, test.want)
		}
	}
}
