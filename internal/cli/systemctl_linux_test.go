package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"lockbar/internal/machine"
	"lockbar/lockcore"
)

// systemctlVariable makes this test binary a systemctl that manages one service with a real process. The variable names the directory of
// its files.
const systemctlVariable = "LOCKBAR_TEST_SYSTEMCTL"

func init() {
	if dir := os.Getenv(systemctlVariable); dir != "" {
		os.Exit(playSystemctl(dir, os.Args[1:]))
	}
	scriptCommands["systemd"] = (*script).systemd
}

// Files of that directory.
const (
	callsFile  = "calls"  // its command lines, one per line
	pidFile    = "pid"    // the service's main process
	mainFile   = "main"   // the PID that is shown instead
	storeFile  = "store"  // the store of the daemon
	brokenFile = "broken" // the error of every command
	hangsFile  = "hangs"  // the verb that never returns
)

// playSystemctl executes a command line and returns the exit code.
func playSystemctl(dir string, args []string) int {
	appendLine(filepath.Join(dir, callsFile), strings.Join(args, " "))
	if text := content(dir, brokenFile); text != "" {
		fmt.Fprintln(os.Stderr, text)
		return 1
	}
	if args[1] == content(dir, hangsFile) {
		time.Sleep(time.Hour)
	}
	pid, _ := strconv.Atoi(content(dir, pidFile))
	switch runs := machine.Probe(pid).Presence == machine.Running; args[1] {
	case "show":
		showService(dir, pid, runs)
	case "stop":
		_ = syscall.Kill(pid, syscall.SIGTERM)
		for machine.Probe(pid).Presence == machine.Running {
			time.Sleep(time.Millisecond)
		}
	case "start":
		return startService(dir)
	}
	return 0
}

func showService(dir string, pid int, runs bool) {
	state := "active"
	if !runs {
		pid, state = 0, "inactive"
	}
	shown := strconv.Itoa(pid)
	if other := content(dir, mainFile); other != "" {
		shown, state = other, "active"
	}
	fmt.Printf("MainPID=%s\nActiveState=%s\n", shown, state)
}

// startService starts a process that looks like a 3.x daemon, with the arguments that exec can set.
func startService(dir string) int {
	cmd := exec.Command("sleep", "600")
	cmd.Args[0] = lockcore.DaemonTitle + " store=" + content(dir, storeFile)
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := os.WriteFile(filepath.Join(dir, pidFile), []byte(strconv.Itoa(cmd.Process.Pid)), 0o600); err != nil {
		panic(err)
	}
	return 0
}

func content(dir, name string) string {
	data, _ := os.ReadFile(filepath.Join(dir, name))
	return strings.TrimSpace(string(data))
}

func appendLine(path, line string) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = fmt.Fprintln(file, line)
		file.Close()
	}
	if err != nil {
		panic(err)
	}
}

// systemd makes a service manager with a unit that starts the daemon of the script's store.
func (s *script) systemd([]string) {
	dir := filepath.Join(s.root, "systemd")
	units := filepath.Join(s.root, ".config", "systemd", "user")
	unit := "[Service]\nExecStart=/usr/bin/python3 -m iai_mcp.daemon\nEnvironment=IAI_MCP_STORE=" + s.dir + "\n"
	s.Check(os.MkdirAll(units, 0o700))
	s.Check(os.WriteFile(filepath.Join(units, "iai-mcp-daemon.service"), []byte(unit), 0o600))
	s.Check(os.Mkdir(dir, 0o700))
	s.Check(os.WriteFile(filepath.Join(dir, storeFile), []byte(s.dir), 0o600))
	s.Check(os.Symlink(os.Args[0], filepath.Join(dir, "systemctl")))
	s.Setenv("PATH", dir+":"+s.Getenv("PATH"))
	s.Setenv(systemctlVariable, dir)
	s.Setenv("GORACE", "atexit_sleep_ms=0")
	s.t.Cleanup(func() {
		if pid, err := strconv.Atoi(content(dir, pidFile)); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	})
}
