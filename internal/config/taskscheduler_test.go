package config

import (
	"encoding/binary"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"lockbar/internal/fsx"
	"lockbar/internal/testfs"
)

func environ(name string) string {
	return map[string]string{"USERPROFILE": testfs.Abs("/home/u"), "DATA": testfs.Abs("/data")}[strings.ToUpper(name)]
}

func TestScriptStore(t *testing.T) {
	const start = "\r\npython.exe -m iai_mcp.daemon >> log\r\n"
	for _, test := range []struct{ name, script, want string }{
		{"as the installer writes it", "@echo off\r\r\nset \"IAI_MCP_STORE=/s\"\r\r\nset \"X=1\"\r\r\npython -m iai_mcp.daemon\r\r\n", "/s"},
		{"no quotes", "SET iai_mcp_store=/a b" + start, "/a b"},
		{"after a sign", "  @set \"IAI_MCP_STORE=/s\"" + start, "/s"},
		{"an ampersand in quotes", `set "IAI_MCP_STORE=/a & b"` + start, "/a & b"},
		{"a variable", `set "IAI_MCP_STORE=%UserProfile%/s"` + start, testfs.Abs("/home/u") + "/s"},
		{"two variables", `set IAI_MCP_STORE=%DATA%%DATA%` + start, testfs.Abs("/data") + testfs.Abs("/data")},
		{"the last counts, also after what is not understood", "set IAI_MCP_STORE=%~dp0\nset IAI_MCP_STORE=/b" + start, "/b"},
		{"taken back", "set IAI_MCP_STORE=/a\nset IAI_MCP_STORE=" + start, ""},
		{"remarks", "REM set IAI_MCP_STORE=/a\n::set IAI_MCP_STORE=/b\n  rem\n" + start, ""},
		{"another variable", "set XIAI_MCP_STORE=/a\nset IAI_MCP_STORES=/b" + start, ""},
		{"a line that uses the variable", `if not exist "%IAI_MCP_STORE%" mkdir "%IAI_MCP_STORE%"` + start, ""},
		{"a line after the start", start + "set IAI_MCP_STORE=/a", ""},
		{"a condition", "if not defined X set IAI_MCP_STORE=/a" + start, "doubt"},
		{"asked for", "set /p IAI_MCP_STORE=?" + start, "doubt"},
		{"two commands", "set IAI_MCP_STORE=/a& cd /" + start, "doubt"},
		{"after the quotes", `set "IAI_MCP_STORE=/a" & cd /` + start, "doubt"},
		{"an open quote", `set "IAI_MCP_STORE=/a` + start, "doubt"},
		{"an unknown variable", "set IAI_MCP_STORE=%~dp0" + start, "doubt"},
		{"delayed", "set IAI_MCP_STORE=!X!" + start, "doubt"},
		{"a code page", "set IAI_MCP_STORE=/\xfc" + start, "doubt"},
		{"all that the installer writes", "@echo off\r\r\nset \"IAI_MCP_STORE=/s\"\r\r\nif not exist \"/a b\" mkdir \"/a b\"\r\r\n" +
			"\"/a b/python.exe\" -m iai_mcp.daemon >> \"/a b/out\" 2>> \"/a b/err\"\r\r\n", "/s"},
		{"plain lines", "@echo off\ntitle x\n\nsetlocal\nchcp 65001 >nul\ncd /d \"%~dp0\"\necho. \"a & b\"\n:again\nset IAI_MCP_STORE=/a" + start, "/a"},
		{"speech of the daemon", "echo python -m iai_mcp.daemon\ntitle iai_mcp.daemon\nset IAI_MCP_STORE=/a" + start, "/a"},
		{"another module", "python -m iai_mcp.daemon_capture\nset IAI_MCP_STORE=/a" + start, "/adoubt"},
		{"another module is all", "python -m iai_mcp.daemon_capture", "no daemon"},
		{"two modules in a line", "python -m iai_mcp.daemon_capture -m iai_mcp.daemon\n", "doubt"},
		{"a script of that name", "python daemon.py -m iai_mcp.daemon\n", "doubt"},
		{"a shim", "python.bat -m iai_mcp.daemon\n", "doubt"},
		{"options", `"C:\a b\py.exe" -3.12 -u -m iai_mcp.daemon & exit`, ""},
		{"another script", "set IAI_MCP_STORE=/a\ncall env.cmd" + start, "/adoubt"},
		{"another script before", "call env.cmd\nset IAI_MCP_STORE=/a" + start, "/adoubt"},
		{"a jump", "goto run\nset IAI_MCP_STORE=/a\n:run" + start, "/adoubt"},
		{"taken back by endlocal", "setlocal\nset IAI_MCP_STORE=/a\nendlocal" + start, "/adoubt"},
		{"a block", "if exist x (\nset IAI_MCP_STORE=/a\n)" + start, "/adoubt"},
		{"a loop", "for %%d in (C D) do set IAI_MCP_STORE=%%d:\\" + start, "doubt"},
		{"more after a plain one", "echo x & set IAI_MCP_STORE=/a" + start, "doubt"},
		{"a line that goes on", "echo x ^\nset IAI_MCP_STORE=/a" + start, "/adoubt"},
		{"a remark that goes on", "rem x ^\nset IAI_MCP_STORE=/a" + start, "/adoubt"},
		{"on one line", `set "IAI_MCP_STORE=/a"&& python -m iai_mcp.daemon`, "doubt"},
		{"in a variable", "set \"RUN=python -m iai_mcp.daemon\"\n%RUN%", "doubt"},
		{"only in a variable", "set \"RUN=python -m iai_mcp.daemon\"", "doubt"},
		{"in a block", "(python -m iai_mcp.daemon)", "doubt"},
		{"by another shell", `cmd /c "set IAI_MCP_STORE=/a&& python -m iai_mcp.daemon"`, "doubt"},
		{"the script's own variable", "set DATA=/mine\nset IAI_MCP_STORE=%data%/s" + start, "/mine/s"},
		{"its own, not understood", "set DATA=%~dp0\nset IAI_MCP_STORE=%DATA%/s" + start, "doubt"},
		{"its own, taken back", "set DATA=\nset IAI_MCP_STORE=%DATA%/s" + start, "doubt"},
		{"its own, asked for", "set /p DATA=?\nset IAI_MCP_STORE=%DATA%/s" + start, testfs.Abs("/data") + "/sdoubt"},
		{"a name from a variable", "set %X%=/a" + start, "doubt"},
		{"another variable in quotes", `set "X IAI_MCP_STORE=/a"` + start, ""},
		{"NUL", "set IAI_MCP_STORE=/a\x00" + start, "doubt"},
		{"an escape", "set IAI_MCP_STORE=/a\x1b[m" + start, "doubt"},
		{"a byte order mark, which cmd.exe does not know", "\ufeffset IAI_MCP_STORE=/a" + start, "doubt"},
		{"too long", "set IAI_MCP_STORE=" + strings.Repeat("%DATA%", maxLine) + start, "doubt"},
		{"it grows", "set X=/aaaaaaaa\n" + strings.Repeat("set X=%X%%X%\n", 100) + "set IAI_MCP_STORE=%X%" + start, "doubt"},
		{"another program", "set IAI_MCP_STORE=/a\npython -m http.server", "no daemon"},
		{"empty", "", "no daemon"},
	} {
		got, starts, err := scriptStore(test.script, environ)
		if err != nil {
			got += "doubt"
		}
		if !starts {
			got = "no daemon"
			if err == nil {
				t.Errorf("%s: no error", test.name)
			}
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// taskText returns a task with an action.
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

// TestTaskServices checks that a task counts if it runs the daemon or seems to, and that the declared encoding of the file is ignored.
func TestTaskServices(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, ".iai-mcp")
	script := func(name, text string) string { return put(t, filepath.Join(dir, name), text) }
	const runs = "\r\n\"python.exe\" -m iai_mcp.daemon\r\n"
	a := script("daemon-start.cmd", `set "IAI_MCP_STORE=`+testfs.Abs("/a")+`"`+runs)
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
	put(t, filepath.Join(dir, "g.xml"), taskText("daemon-g", filepath.Join(dir, "not-there.cmd"), ""))
	put(t, filepath.Join(dir, "h.xml"), "<Task><Actions>")
	put(t, filepath.Join(dir, "i.xml"), "")
	put(t, filepath.Join(dir, "iai-mcp.xml"), "<Task>")
	put(t, filepath.Join(dir, "j.xml"), taskText("j", "CMD.EXE", `/c "`+a+`"`))
	put(t, filepath.Join(dir, "k.xml"), taskText("k", "powershell.exe", "-File iai-daemon.ps1"))
	minute := time.Minute
	want := []Service{
		{Name: "iai-mcp-daemon", Store: testfs.Abs("/a"), Restart: minute, Command: a},
		{Name: `folder\b`, Store: dir, Restart: minute, Command: b},
		{Name: "c", Restart: minute, Command: c},
		{Name: "d", Restart: minute, Command: d},
		{Name: "e", Store: dir, Restart: minute, Command: testfs.Abs("/data") + "/pythonw.exe"},
		{Name: "daemon-g", Restart: minute, Command: filepath.Join(dir, "not-there.cmd")},
		{}, // iai-mcp.xml
		{Name: "j", Store: testfs.Abs("/a"), Restart: minute, Command: a},
		{Name: "k", Restart: minute},
	}
	if got := completed(doubtRivals(taskServices(home, environ), home), home); !reflect.DeepEqual(got, want) {
		t.Errorf("services: %+v, want %+v", got, want)
	}
}

// TestTasksOfASilentDirectory checks that a directory that does not answer leaves a doubt. An open question stands for a dead mount.
func TestTasksOfASilentDirectory(t *testing.T) {
	home, answer := t.TempDir(), make(chan bool)
	defer close(answer)
	dir := filepath.Join(home, ".iai-mcp")
	fsx.InTimeOf(t.Context(), dir, time.Nanosecond, func() bool { return <-answer })
	list := taskServices(home, environ)
	if stores, err := joined(taskStores(list, home)); stores != nil || err == nil || !strings.Contains(err.Error(), dir+" does not answer") {
		t.Errorf("taskStores: %v, %v", stores, err)
	}
	if got := completed(doubtRivals(list, home), home); !reflect.DeepEqual(got, []Service{{}}) {
		t.Errorf("services: %+v", got)
	}
}

// TestTasksDisagree checks two task files in one directory, as if a sync program had put another computer's files beside ours.
func TestTasksDisagree(t *testing.T) {
	const runs = "\r\npython -m iai_mcp.daemon\r\n"
	for _, test := range []struct {
		name, scriptA, taskB, scriptB string
		want                          string // the store of FindStores
		doubt                         bool
		services                      []string
	}{
		{"the same", "set IAI_MCP_STORE=/a", "iai", "set IAI_MCP_STORE=/A/", "/a", false, []string{"/a", "/A/"}},
		{"two tasks", "set IAI_MCP_STORE=/a", "other", "set IAI_MCP_STORE=/b", "/a", true, []string{"/a", "/b"}},
		{"one task twice", "set IAI_MCP_STORE=/a", "IAI", "set IAI_MCP_STORE=/b", "/a", true, []string{"", ""}},
		{"the default and another", "", "other", "set IAI_MCP_STORE=/b", "/b", true, []string{"HOME", "/b"}},
		{"the default, and by its name", "", "iai", "set IAI_MCP_STORE=HOME", "HOME", false, []string{"HOME", "HOME"}},
		{"one is not understood", "set IAI_MCP_STORE=/a", "IAI", "set IAI_MCP_STORE=%~dp0", "/a", true, []string{"", ""}},
	} {
		home := t.TempDir()
		dir := filepath.Join(home, ".iai-mcp")
		paths := func(text string) string {
			return strings.NewReplacer("HOME", dir, "=/", "="+testfs.Abs("/")).Replace(text)
		}
		a := put(t, filepath.Join(dir, "a.cmd"), paths(test.scriptA)+runs)
		b := put(t, filepath.Join(dir, "b.cmd"), paths(test.scriptB)+runs)
		put(t, filepath.Join(dir, "a.xml"), taskText("iai", a, ""))
		put(t, filepath.Join(dir, "b.xml"), taskText(test.taskB, b, ""))
		stores, err := joined(taskStores(taskServices(home, environ), home))
		if len(stores) != 1 || "="+stores[0].Dir != paths("="+test.want) || (err != nil) != test.doubt {
			t.Errorf("%s: %q, %v", test.name, stores, err)
		}
		for i, s := range completed(doubtRivals(taskServices(home, environ), home), home) {
			if want := paths("=" + test.services[i]); "="+s.Store != want {
				t.Errorf("%s: the store of %s is %s, want %s", test.name, s.Name, s.Store, want)
			}
		}
	}
}

// TestTaskCommands checks that a task that mentions the daemon but is not understood has a doubt, and that other tasks are ignored.
func TestTaskCommands(t *testing.T) {
	const certain, doubt, other = "certain", "doubt", "another program"
	const plain = "python -m iai_mcp.daemon"
	for _, test := range []struct{ name, file, task, command, arguments, script, want string }{
		{"the module", "x", "x", "python", "-m iai_mcp.daemon", "", certain},
		{"a path with a blank", "x", "x", `C:\a b\pythonw.exe`, "-m iai_mcp.daemon --x", "", certain},
		{"another module", "x", "x", "python", "-m iai_mcp.daemon_capture", "", other},
		{"another module of the daemon's task", "x", "iai-mcp-daemon", "python", "-m iai_mcp.daemon_capture", "", doubt},
		{"two commands", "x", "x", "cmd.exe", `/c "set IAI_MCP_STORE=C:\mem&& python -m iai_mcp.daemon"`, "", doubt},
		{"cmd.exe", "x", "x", `C:\Windows\system32\cmd.exe`, "/C SCRIPT", plain, certain},
		{"cmd.exe, in quotation marks", "x", "x", "%ComSpec%", `/c ""SCRIPT""`, plain, certain},
		{"cmd.exe and more", "x", "x", "cmd", `/c "SCRIPT" & x-daemon.cmd`, plain, doubt},
		{"PowerShell", "x", "x", "powershell.exe", `-File C:\x\Daemon.ps1`, "", doubt},
		{"PowerShell, by the task's name", "x", "iai-mcp-daemon", "powershell.exe", "-File x.ps1", "", doubt},
		{"PowerShell, by the file's name", "iai-mcp-daemon.task", "x", "powershell.exe", "-File x.ps1", "", doubt},
		{"PowerShell of another task", "iai-mcp-scan.task", "iai-mcp-scan", "powershell.exe", `-File C:\daemon\scan.ps1`, "", other},
		{"a relative script", "x", "x", "daemon-start.cmd", "", "", doubt},
		{"a relative script of another task", "x", "x", "scan.cmd", "", "", other},
		{"a script that is not understood, by the file's name", "iai-mcp-daemon.task", "x", "SCRIPT", "", "call y.cmd", doubt},
		{"a script that is not understood, of another task", "x", "x", "SCRIPT", "", "call y.cmd", other},
		{"a script that does not run it", "x", "iai-mcp-daemon", "SCRIPT", "", "rem", doubt},
		{"no command", "iai-mcp-daemon", "", "", "", "", doubt},
		{"too long", "x", "x", strings.Repeat("%DATA%", 1<<16), "-m iai_mcp.daemon", "", doubt},
	} {
		dir := filepath.Join(t.TempDir(), ".iai-mcp")
		script := put(t, filepath.Join(dir, "start.cmd"), test.script)
		in := strings.NewReplacer("SCRIPT", script, "&", "&amp;")
		path := put(t, filepath.Join(dir, test.file+".xml"), taskText(test.task, in.Replace(test.command), in.Replace(test.arguments)))
		env := func(name string) string {
			if name == "ComSpec" {
				return `C:\Windows\system32\cmd.exe`
			}
			return environ(name)
		}
		read, isDaemon := readTask(path, env)
		got := certain
		switch {
		case !isDaemon:
			got = other
		case len(read.doubts) > 0:
			got = doubt
		}
		if got != test.want {
			t.Errorf("%s: %s, %v", test.name, got, read.doubts)
		}
	}
}

// TestTaskProblems checks that problems are reported, since the store may not be the default.
func TestTaskProblems(t *testing.T) {
	home := t.TempDir()
	put(t, filepath.Join(home, ".iai-mcp", "iai-mcp-daemon.task.xml"), "<Task>")
	if _, err := joined(taskStores(taskServices(home, environ), home)); err == nil || !strings.Contains(err.Error(), "iai-mcp-daemon.task.xml: XML syntax error") {
		t.Error("a cut-off task:", err)
	}
	for _, test := range []struct{ name, script, want string }{
		{"a line", "@echo off\n\ncall env.cmd\npython -m iai_mcp.daemon", "start.cmd: its line 3 is not understood, and may set IAI_MCP_STORE"},
		{"not understood", "set IAI_MCP_STORE=%~dp0\npython -m iai_mcp.daemon", "start.cmd: how it sets IAI_MCP_STORE is not understood"},
		{"not absolute", "set IAI_MCP_STORE=~/x\npython -m iai_mcp.daemon", "start.cmd: IAI_MCP_STORE=~/x is not an absolute path"},
	} {
		home := t.TempDir()
		start := put(t, filepath.Join(home, ".iai-mcp", "start.cmd"), test.script)
		put(t, filepath.Join(home, ".iai-mcp", "task.xml"), taskText("iai-mcp-daemon", start, ""))
		if stores, err := joined(taskStores(taskServices(home, environ), home)); len(stores) > 0 || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %q, %v", test.name, stores, err)
		}
	}
}

func TestISOSpan(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT1M": time.Minute, " PT5S\n": 5 * time.Second, "PT1M30S": 90 * time.Second, "P1D": maxRestart, "PT9999999S": maxRestart,
		"": 0, "P": 0, "PT": 0, "1M": 0, "PT-1M": 0, "P1Y": 0, "P1M": 0, "PT5": 0, "PT" + strings.Repeat("9", 400) + "S": 0, "PT1.5M": 0,
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
			t.Errorf("the interval is out of range: %+v", file)
		}
		store, starts, err := scriptStore(string(data), environ)
		if !starts && err == nil || !isUnderstood(store) || len(store) > maxLine {
			t.Errorf("scriptStore: %q, %v", store, err)
		}
	})
}
