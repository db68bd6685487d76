package config

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	// defaultRestart is the default of systemd's RestartSec= (systemd.service(5)).
	defaultRestart = 100 * time.Millisecond
	// defaultThrottle is the default of launchd's ThrottleInterval (launchd.plist(5)). The interval begins at the last start, so the
	// wait after a crash is at most that long.
	defaultThrottle = 10 * time.Second
	// maxRestart bounds the delay from a file: a daemon that is away for an hour must be reported.
	maxRestart = time.Hour
)

// restartDelay returns the time from a crash until systemd restarts the service; 0 if it does not (systemd.service(5), "Exit
// causes and the effect of the Restart= settings").
func (u *unit) restartDelay() time.Duration {
	switch u.restart {
	case "always", "on-failure", "on-abnormal", "on-abort":
		return min(u.restartIn, maxRestart)
	}
	return 0
}

// agentRestart returns the longest time from a crash until launchd restarts the agent; 0 if it does not.
func agentRestart(agent map[string]any) time.Duration {
	disabled, _ := agent["Disabled"].(bool)
	if disabled || !restartsAfterCrash(agent["KeepAlive"]) {
		return 0
	}
	if seconds, ok := number(agent["ThrottleInterval"]); ok && seconds >= 0 {
		return spanOf(seconds)
	}
	return defaultThrottle
}

// restartsAfterCrash reports whether a KeepAlive key makes launchd restart the program after a crash.
func restartsAfterCrash(keepAlive any) bool {
	switch k := keepAlive.(type) {
	case bool:
		return k
	case map[string]any:
		return k["Crashed"] == true || k["SuccessfulExit"] == false
	}
	return false
}

// number returns the value of a number in a property list.
func number(v any) (float64, bool) {
	switch n := v.(type) {
	case uint64:
		return float64(n), true
	case int64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

// spanOf converts seconds. It limits them to maxRestart first, so that the multiplication cannot overflow.
func spanOf(s float64) time.Duration {
	return time.Duration(min(s, maxRestart.Seconds()) * float64(time.Second))
}

// spanUnits are the units of time spans, in seconds (systemd.time(7)).
var spanUnits = map[string]float64{
	"usec": 1e-6, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "msec": 1e-3, "ms": 1e-3,
	"": 1, "seconds": 1, "second": 1, "sec": 1, "s": 1, "minutes": 60, "minute": 60, "min": 60, "m": 60,
	"hours": 3600, "hour": 3600, "hr": 3600, "h": 3600, "days": 86400, "day": 86400, "d": 86400,
	"weeks": 604800, "week": 604800, "w": 604800, "months": 2629800, "month": 2629800, "M": 2629800,
	"years": 31557600, "year": 31557600, "y": 31557600,
}

// timeSpan reads a time span of systemd, such as "1min 30s"; a number without a unit counts seconds. For infinity it returns 0,
// since systemd then never restarts the service.
func timeSpan(text string) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	if text == "infinity" {
		return 0, true
	}
	sum, rest := 0.0, text
	for rest != "" {
		digits, after := leading(rest, func(r rune) bool { return r == '.' || r >= '0' && r <= '9' })
		unit, after := leading(strings.TrimLeft(after, " \t"), unicode.IsLetter)
		n, err := strconv.ParseFloat(digits, 64)
		size, known := spanUnits[unit]
		if err != nil || !known {
			return 0, false
		}
		sum, rest = sum+n*size, strings.TrimLeft(after, " \t")
	}
	return spanOf(sum), text != ""
}

// leading splits s after its leading runes for which kind returns true.
func leading(s string, kind func(rune) bool) (start, rest string) {
	rest = strings.TrimLeftFunc(s, kind)
	return s[:len(s)-len(rest)], rest
}
