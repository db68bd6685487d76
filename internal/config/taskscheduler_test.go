package config

import (
	"encoding/binary"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// drive makes a path absolute on Windows too.
func drive(path string) string {
	if runtime.GOOS == "windows" {
		return "C:" + filepath.FromSlash(path)
	}
	return path
}

func environ(name string) string {
	return map[string]string{"USERPROFILE": drive("/home/u"), "DATA": drive("/data")}[strings.ToUpper(name)]
}

func TestScriptStore(t *testing.T) {
	const start = "\r\npython.exe -m iai_mcp.daemon >> log\r\n"
	for _, test := range []struct{ name, script, want string }{
		{"as the installer writes it", "@echo off\r\r\nset \"IAI_MCP_STORE=/s\"\r\r\nset \"X=1\"\r\r\npython -m iai_mcp.daemon\r\r\n", "/s"},
		{"no quotes", "SET iai_mcp_store=/a b" + start, "/a b"},
		{"behind a sign", "  @set \"IAI_MCP_STORE=/s\"" + start, "/s"},
		{"an ampersand in quotes", `set "IAI_MCP_STORE=/a & b"` + start, "/a & b"},
		{"a variable", `set "IAI_MCP_STORE=%UserProfile%/s"` + start, drive("/home/u") + "/s"},
		{"two variables", `set IAI_MCP_STORE=%DATA%%DATA%` + start, drive("/data") + drive("/data")},
		{"the last counts", "set IAI_MCP_STORE=/a\nset IAI_MCP_STORE=/b" + start, "/b"},
		{"the last counts, also behind a doubt", "set /p IAI_MCP_STORE=?\nset IAI_MCP_STORE=/b" + start, "/b"},
		{"taken back", "set IAI_MCP_STORE=/a\nset IAI_MCP_STORE=" + start, ""},
		{"remarks", "REM set IAI_MCP_STORE=/a\n::set IAI_MCP_STORE=/b\n  rem\n" + start, ""},
		{"another variable", "set XIAI_MCP_STORE=/a\nset IAI_MCP_STORES=/b" + start, "doubt"},
		{"what is used", `if not exist "%IAI_MCP_STORE%" mkdir "%IAI_MCP_STORE%"` + start, ""},
		{"what comes later", start + "set IAI_MCP_STORE=/a", ""},
		{"a condition", "if not defined X set IAI_MCP_STORE=/a" + start, "doubt"},
		{"asked for", "set /p IAI_MCP_STORE=?" + start, "doubt"},
		{"two commands", "set IAI_MCP_STORE=/a& cd /" + start, "doubt"},
		{"behind the quotes", `set "IAI_MCP_STORE=/a" & cd /` + start, "doubt"},
		{"an open quote", `set "IAI_MCP_STORE=/a` + start, "doubt"},
		{"an unknown variable", "set IAI_MCP_STORE=%~dp0" + start, "doubt"},
		{"delayed", "set IAI_MCP_STORE=!X!" + start, "doubt"},
		{"a code page", "set IAI_MCP_STORE=/\xfc" + start, "doubt"},
		{"another program", "set IAI_MCP_STORE=/a\npython -m http.server", "no daemon"},
		{"empty", "", "no daemon"},
	} {
		got, starts, err := scriptStore(test.script, environ)
		if err != nil {
			got += "doubt"
		}
		if !starts {
			got = "no daemon"
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// taskText is a task with an action.
func taskText(name, command, arguments string) string {
	return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><URI>\` + name + `</URI></RegistrationInfo>
  <Settings><RestartOnFailure><Interval>PT1M</Interval><Count>3</Count></RestartOnFailure></Settings>
  <Actions Context="Author"><Exec><Command>` + command + `</Command><Arguments>` + arguments + `</Arguments></Exec></Actions>
</Task>`
}

func utf16Of(text string, order binary.AppendByteOrder) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

// TestTaskServices: a task is the daemon's by what it runs. In whatever way the file is encoded, what it says of that does not matter.
func TestTaskServices(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, ".iai-mcp")
	script := func(name, text string) string { return put(t, filepath.Join(dir, name), text) }
	const runs = "\r\n\"python.exe\" -m iai_mcp.daemon\r\n"
	a := script("daemon-start.cmd", `set "IAI_MCP_STORE=`+drive("/a")+`"`+runs)
	b := script("b.CMD", runs)
	c := script("c.bat", "set IAI_MCP_STORE=%~dp0"+runs)
	d := script("d.cmd", "set IAI_MCP_STORE=~/d"+runs)
	scan := script("scan.cmd", "powershell iai-mcp-scan.ps1")
	put(t, filepath.Join(dir, "a.task.xml"), utf16Of("\ufeff"+taskText("iai-mcp-daemon", a, ""), binary.LittleEndian))
	put(t, filepath.Join(dir, "b.xml"), taskText(`folder\b`, `"`+b+`"`, ""))
	put(t, filepath.Join(dir, "c.xml"), utf16Of(taskText("c", c, ""), binary.BigEndian))
	put(t, filepath.Join(dir, "d.xml"), utf16Of(taskText("d", d, ""), binary.LittleEndian))
	put(t, filepath.Join(dir, "e.xml"), taskText("e", "%DATA%/pythonw.exe", "-m iai_mcp.daemon"))
	put(t, filepath.Join(dir, "f.xml"), taskText("iai-mcp-scan", scan, ""))
	put(t, filepath.Join(dir, "g.xml"), taskText("iai-mcp-daemon", filepath.Join(dir, "not-there.cmd"), ""))
	put(t, filepath.Join(dir, "h.xml"), "<Task><Actions>")
	put(t, filepath.Join(dir, "i.xml"), "")
	put(t, filepath.Join(dir, "iai-mcp.xml"), "<Task>")
	minute := time.Minute
	want := []Service{
		{"iai-mcp-daemon", drive("/a"), minute, a},
		{`folder\b`, dir, minute, b},
		{"c", "", minute, c},
		{"d", "", minute, d},
		{"e", dir, minute, drive("/data") + "/pythonw.exe"},
		{"iai-mcp-daemon", "", minute, filepath.Join(dir, "not-there.cmd")},
		{"", "", 0, ""}, // iai-mcp.xml
	}
	if got := taskServices(home, environ); !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	stores, err := taskScheduler(home, environ)
	if want := []StorePath{{drive("/a"), a}}; !reflect.DeepEqual(stores, want) || err != nil {
		t.Errorf("%q, %v, want %q", stores, err, want)
	}
}

// TestTaskProblems are told: the store may be another one than the default.
func TestTaskProblems(t *testing.T) {
	home := t.TempDir()
	put(t, filepath.Join(home, ".iai-mcp", "iai-mcp-daemon.task.xml"), "<Task>")
	if _, err := taskScheduler(home, environ); err == nil || !strings.Contains(err.Error(), "iai-mcp-daemon.task.xml: XML syntax error") {
		t.Error(err)
	}
	for _, test := range []struct{ name, script, want string }{
		{"not understood", "set IAI_MCP_STORE=%~dp0\npython -m iai_mcp.daemon", "start.cmd: how it sets IAI_MCP_STORE is not understood"},
		{"not absolute", "set IAI_MCP_STORE=~/x\npython -m iai_mcp.daemon", "start.cmd: IAI_MCP_STORE=~/x is no absolute path"},
	} {
		home := t.TempDir()
		start := put(t, filepath.Join(home, ".iai-mcp", "start.cmd"), test.script)
		put(t, filepath.Join(home, ".iai-mcp", "task.xml"), taskText("iai-mcp-daemon", start, ""))
		if stores, err := taskScheduler(home, environ); len(stores) > 0 || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %q, %v", test.name, stores, err)
		}
	}
}

func TestISOSpan(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT1M": time.Minute, " PT5S\n": 5 * time.Second, "PT1M30S": 90 * time.Second, "P1D": maxRestart, "PT9999999S": maxRestart,
		"": 0, "P": 0, "PT": 0, "1M": 0, "PT-1M": 0, "P1Y": 0, "PT5": 0, "PT" + strings.Repeat("9", 400) + "S": 0, "PT1.5M": 0,
	} {
		if got := isoSpan(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func FuzzTask(f *testing.F) {
	f.Add([]byte(taskText("iai-mcp-daemon", "a.cmd", "")))
	f.Add([]byte(utf16Of("\ufeff"+taskText("x", "python", "-m iai_mcp.daemon"), binary.LittleEndian)))
	f.Add([]byte("set \"IAI_MCP_STORE=%DATA%\\s\"\r\r\npython -m iai_mcp.daemon"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if file, err := parseTask(data); err == nil && (isoSpan(file.Interval) < 0 || isoSpan(file.Interval) > maxRestart) {
			t.Errorf("%+v", file)
		}
		store, _, err := scriptStore(decoded(data), environ)
		if err != nil && store != "" || strings.ContainsAny(store, "\r\n") {
			t.Errorf("%q, %v", store, err)
		}
	})
}
