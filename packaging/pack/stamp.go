package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lockbar/internal/desktop"
)

// A release holds the values that templates are filled with.
type release struct {
	version string // 1.2.3 or 1.2.3-rc.1
	numbers string // 1.2.3: Apple's and Microsoft's versions are numbers only
	date    time.Time
}

// versionPattern matches 1.2.3 and 1.2.3-rc.1, with or without a v. Build metadata (1.2.3+meta) is not allowed.
var versionPattern = regexp.MustCompile(`^v?((\d+\.\d+\.\d+)(-[0-9A-Za-z]+(\.[0-9A-Za-z]+)*)?)$`)

// newRelease takes the date from SOURCE_DATE_EPOCH, not from the clock, which would make each run different.
func newRelease(version string) (release, error) {
	m := versionPattern.FindStringSubmatch(version)
	if m == nil {
		return release{}, fmt.Errorf("%q is no version such as 1.2.3 or 1.2.3-rc.1", version)
	}
	date, err := sourceDate()
	return release{version: m[1], numbers: m[2], date: date}, err
}

// sourceDate parses SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/).
func sourceDate() (time.Time, error) {
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH must be the commit's time in seconds: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// placeholder matches the placeholders of a template. They are not text/template's braces, so that a template stays a valid
// file of its own format (plist, desktop entry, XML, Ruby). The formula's URL and SHA256 come from the environment.
var placeholder = regexp.MustCompile(`@[A-Z][A-Z0-9_]+@`)

func (r release) values() map[string]string {
	return map[string]string{
		"@VERSION@":    r.version,
		"@NUMBERS@":    r.numbers,
		"@DATE@":       r.date.Format(time.DateOnly),
		"@YEAR@":       r.date.Format("2006"),
		"@NAME@":       desktop.Name,
		"@COMMAND@":    desktop.Command,
		"@BUNDLE_ID@":  desktop.BundleID,
		"@DESKTOP_ID@": desktop.AppID,
		"@URL@":        os.Getenv("LOCKBAR_SOURCE_URL"),
		"@SHA256@":     os.Getenv("LOCKBAR_SOURCE_SHA256"),
	}
}

// stamp fills in a template. An unknown or empty value is an error, because it would reach users.
func (r release) stamp(template string) (string, error) {
	values, missing := r.values(), []string{}
	text := placeholder.ReplaceAllStringFunc(template, func(name string) string {
		if values[name] == "" {
			missing = append(missing, name)
		}
		return values[name]
	})
	if len(missing) > 0 {
		return "", fmt.Errorf("no value for %s", strings.Join(missing, ", "))
	}
	return text, nil
}

func stampFile(args []string) error {
	r, err := newRelease(args[0])
	if err != nil {
		return err
	}
	template, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	text, err := r.stamp(string(template))
	if err != nil {
		return fmt.Errorf("%s: %w", args[1], err)
	}
	return write(args[2], []byte(text), 0o644)
}

// printID prints the desktop id for scripts that name files.
func printID([]string) error {
	_, err := fmt.Println(desktop.AppID)
	return err
}
