//go:build unix

package config

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/testfs"
)

func longest(list []Service) (delay time.Duration) {
	for _, s := range list {
		delay = max(delay, s.Restart)
	}
	return delay
}

func TestTimeSpan(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30": 30 * time.Second, "1min 30s": 90 * time.Second, "500ms": 500 * time.Millisecond, "1.5": 1500 * time.Millisecond,
		"2 min": 2 * time.Minute, "5min20": 320 * time.Second, "1m1s1ms": 61001 * time.Millisecond, "10us": 10 * time.Microsecond,
		"0": 0, "infinity": 0, "1y": maxRestart, "1h 1h": maxRestart, strings.Repeat("9", 400): -1, "": -1, "soon": -1, "s": -1, "5 parsecs": -1,
		"-5": -1, "5s;": -1, "1e5": -1, "1..2": -1,
	} {
		got, ok := timeSpan(text)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestSystemdRestart(t *testing.T) {
	for _, test := range []struct {
		name, unit, dropIn string
		want               time.Duration
	}{
		{"upstream's", "Restart=on-failure\nRestartSec=30", "", 30 * time.Second},
		{"always", "Restart=always\nRestartSec=1min 30s", "", 90 * time.Second},
		{"on-abort", "Restart=on-abort\nRestartSec=5", "", 5 * time.Second},
		{"on-abnormal", "Restart=on-abnormal\nRestartSec=5", "", 5 * time.Second},
		{"by default at once", "Restart=always", "", defaultRestart},
		{"not by default", "RestartSec=30", "", 0},
		{"never", "Restart=no\nRestartSec=30", "", 0},
		{"after a good end", "Restart=on-success\nRestartSec=30", "", 0},
		{"after a missed watchdog", "Restart=on-watchdog\nRestartSec=30", "", 0},
		{"a drop-in has the last word", "Restart=always\nRestartSec=30", "[Service]\nRestartSec=2s\nRestartSec=3s", 3 * time.Second},
		{"a drop-in turns it off", "Restart=always\nRestartSec=30", "[Service]\nRestart=no", 0},
		{"an invalid time is ignored", "Restart=always\nRestartSec=30\nRestartSec=soon\nRestartSec=", "", 30 * time.Second},
		{"infinity", "Restart=always\nRestartSec=infinity", "", 0},
		{"a year", "Restart=always\nRestartSec=1y", "", maxRestart},
		{"another section", "[Unit]\nRestart=always\nRestartSec=30", "", 0},
	} {
		dir := t.TempDir()
		put(t, filepath.Join(dir, "daemon.service"), start+test.unit)
		put(t, filepath.Join(dir, "daemon.service.d", "10.conf"), test.dropIn)
		put(t, filepath.Join(dir, "other.service"), "[Service]\nExecStart=/bin/true\nRestart=always\nRestartSec=50min")
		if got := longest(systemdServices(dir, "")); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// TestRestartOfUnreadableUnits checks that an unreadable unit has the delay that its drop-in sets, or else none.
func TestRestartOfUnreadableUnits(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "iai-mcp.service", "x"), "") // a directory
	put(t, filepath.Join(dir, "rubbish.service"), "\x00\xff[Service\n=\nRestart=always")
	testfs.Check(t, syscall.Mkfifo(filepath.Join(dir, "iai-mcp-pipe.service"), 0o600))
	if got := longest(systemdServices(dir, "")); got != 0 {
		t.Errorf("unreadable units: a delay of %v", got)
	}
	put(t, filepath.Join(dir, "iai-mcp-pipe.service.d", "x.conf"), "[Service]\nRestart=always\nRestartSec=30")
	if got := longest(systemdServices(dir, "")); got != 30*time.Second {
		t.Errorf("a drop-in: a delay of %v", got)
	}
	if got := longest(systemdServices(filepath.Join(dir, "none"), "")); got != 0 {
		t.Errorf("no directory: a delay of %v", got)
	}
}

func TestAgentRestart(t *testing.T) {
	const daemon, fifty = `<key>Label</key><string>com.iai-mcp.daemon</string>`, `<key>ThrottleInterval</key><integer>50</integer>`
	keep := func(value string) string { return `<key>KeepAlive</key>` + value }
	for _, test := range []struct {
		name, text string
		want       time.Duration
	}{
		{"upstream's", daemon + keep(`<dict><key>Crashed</key><true/></dict>`) + `<key>ThrottleInterval</key><integer>5</integer>`, 5 * time.Second},
		{"always", daemon + keep(`<true/>`) + fifty, 50 * time.Second},
		{"by default", daemon + keep(`<true/>`), defaultThrottle},
		{"after a failure", daemon + keep(`<dict><key>SuccessfulExit</key><false/></dict>`) + fifty, 50 * time.Second},
		{"after a success", daemon + keep(`<dict><key>SuccessfulExit</key><true/></dict>`) + fifty, 0},
		{"not after a crash", daemon + keep(`<dict><key>Crashed</key><false/></dict>`) + fifty, 0},
		{"never", daemon + keep(`<false/>`) + fifty, 0},
		{"no KeepAlive", daemon + fifty, 0},
		{"disabled", daemon + keep(`<true/>`) + `<key>Disabled</key><true/>` + fifty, 0},
		{"half a second", daemon + keep(`<true/>`) + `<key>ThrottleInterval</key><real>0.5</real>`, 500 * time.Millisecond},
		{"negative", daemon + keep(`<true/>`) + `<key>ThrottleInterval</key><integer>-1</integer>`, defaultThrottle},
		{"huge", daemon + keep(`<true/>`) + `<key>ThrottleInterval</key><integer>18446744073709551615</integer>`, maxRestart},
		{"no number", daemon + keep(`<true/>`) + `<key>ThrottleInterval</key><real>nan</real>`, defaultThrottle},
		{"odd", daemon + keep(`<string>yes</string>`) + `<key>ThrottleInterval</key><true/>`, 0},
		{"another program's", `<key>Label</key><string>com.example</string>` + keep(`<true/>`) + fifty, 0},
	} {
		dir := t.TempDir()
		put(t, filepath.Join(dir, "a.plist"), agent(test.text))
		put(t, filepath.Join(dir, "iai-mcp.plist"), "bplist00")
		if got := longest(launchdServices(dir)); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
