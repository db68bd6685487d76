package desktop_test

import (
	"reflect"
	"strings"
	"testing"

	"lockbar/internal/desktop"
)

const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">`

func TestParsePlist(t *testing.T) {
	got, err := desktop.ParsePlist([]byte(head + `
<!-- a comment -->
<dict>
	<key>Label</key><string>a &amp; b &lt;c&gt;</string>
	<key>RunAtLoad</key><true/>
	<key>Off</key><false></false>
	<key>Nice</key><integer>5</integer>
	<key>ProgramArguments</key>
	<array><string>/usr/bin/python3</string><string></string><dict/></array>
	<key>EnvironmentVariables</key>
	<dict><key>IAI_MCP_STORE</key><string> /a b </string></dict>
	<key>Label</key><string><![CDATA[last]]></string>
</dict></plist>`))
	want := map[string]any{
		"Label": "last", "RunAtLoad": true, "Off": false, "Nice": uint64(5),
		"ProgramArguments":     []any{"/usr/bin/python3", "", map[string]any{}},
		"EnvironmentVariables": map[string]any{"IAI_MCP_STORE": " /a b "},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}

// negative is the binary property list {key: "x"} whose key's length of 2^64-11 bytes wraps around: howett.net/plist 1.0.1 makes a
// string of -11 bytes of it, and the first map lookup with it crashes the program.
const negative = "bplist00" + "\xd1\x01\x02" + "\x5f\x13\xff\xff\xff\xff\xff\xff\xff\xf5" + "\x51x" +
	"\x08\x0b\x15" + // offsets of the three objects
	"\x00\x00\x00\x00\x00\x00\x01\x01" + "\x00\x00\x00\x00\x00\x00\x00\x03" + "\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x17"

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty":          "",
		"old style":      "{Label = x;}",
		"strings file":   "Label = x;",
		"deep old style": strings.Repeat("(", 1<<20),
		"binary":         negative,
		"not a plist":    "#!/bin/sh",
		"no dictionary":  head + "</plist>",
		"cut off":        head + "<dict><key>a</key>",
		"no value":       head + "<dict><key>a</key></dict></plist>",
		"no key":         head + "<dict><string>a</string></dict></plist>",
		"crossed":        head + "<dict><key>a</dict></key></plist>",
		"too large":      head + "<dict><key>a</key>" + strings.Repeat("<array>", 1<<20),
		"unknown entity": head + "<dict><key>&lol;</key><true/></dict></plist>",
		"only a string":  "<string>",
	} {
		if got, err := desktop.ParsePlist([]byte(text)); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzParsePlist(f *testing.F) {
	f.Add([]byte(head + "<dict><key>a</key><array><true/></array></dict></plist>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := desktop.ParsePlist(data); err == nil && d == nil {
			t.Error("neither a dictionary nor an error")
		}
	})
}
