package service

import (
	"slices"
	"strings"
	"testing"

	"lockbar/internal/machine"
)

func entry(pid, parent int, name, line string) machine.Entry {
	return machine.Entry{PID: pid, Parent: parent, Name: name, Args: strings.Fields(line)}
}

func TestTaskProcess(t *testing.T) {
	const script, python = `C:\Users\u\.iai-mcp\daemon-start.cmd`, `C:\venv\Scripts\pythonw.exe`
	at := func(start uint64, e machine.Entry) machine.Entry {
		e.StartID = start
		return e
	}
	scheduler := entry(4, 0, "svchost.exe", "")
	shell := entry(8, 4, "cmd.exe", `C:\Windows\SYSTEM32\cmd.exe /c ""c:\users\U\.iai-mcp\daemon-start.cmd""`)
	window := entry(12, 8, "conhost.exe", "conhost.exe 0x4")
	launcher := entry(16, 8, "python.exe", `C:\venv\Scripts\python.exe -m iai_mcp.daemon`)
	daemon := entry(20, 16, "python.exe", `C:\Python\python.exe -m iai_mcp.daemon`)
	direct := entry(24, 4, "pythonw.exe", python+" -m iai_mcp.daemon")
	for _, test := range []struct {
		name, command string
		table         []machine.Entry
		pid           int
		active        bool
	}{
		{"nothing runs", script, []machine.Entry{scheduler}, 0, false},
		{"the daemon of a script", script, []machine.Entry{scheduler, shell, window, launcher, daemon}, 20, true},
		{"without a launcher", script, []machine.Entry{scheduler, shell, window, entry(20, 8, "python.exe", "python -m iai_mcp.daemon")}, 20, true},
		{"only the script", script, []machine.Entry{scheduler, shell, window}, 0, true},
		{"started by hand", script, []machine.Entry{entry(4, 0, "explorer.exe", ""), shell, window, launcher, daemon}, 0, false},
		{"the clock was ahead when Windows started", script, []machine.Entry{at(99, scheduler), at(8, shell), at(9, launcher), at(9, daemon)}, 20, true},
		{"an earlier process had the PID of cmd.exe", script, []machine.Entry{scheduler, at(8, shell), at(7, entry(20, 8, "python.exe", ""))}, 0, true},
		{"another script", `C:\other.cmd`, []machine.Entry{scheduler, shell, launcher, daemon}, 0, false},
		{"a program and its launcher", python, []machine.Entry{scheduler, direct, entry(28, 24, "pythonw.exe", `C:\Python\pythonw.exe -m iai_mcp.daemon`)}, 28, true},
		{"the daemon has workers", python, []machine.Entry{scheduler, direct, entry(28, 24, "pythonw.exe", `pythonw.exe -c work`)}, 24, true},
		{"no command", "", []machine.Entry{scheduler, direct}, 0, false},
		{"its own child", script, []machine.Entry{scheduler, shell, {PID: 8, Parent: 8, Name: "cmd.exe"}}, 0, true},
	} {
		for range 2 {
			if pid, active := taskProcess(test.table, test.command); pid != test.pid || active != test.active {
				t.Errorf("%s: PID %d, %t, want %d", test.name, pid, active, test.pid)
			}
			slices.Reverse(test.table) // the order must not matter
		}
	}
}
