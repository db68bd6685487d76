//go:build linux

package e2e

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// TestTwoHostsBySyncthing plays the stories, in the long form only, on two machines that Syncthing joins. Each machine has namespaces for
// its host name, processes, mounts and network, so their PIDs may be equal. The machines are invisible from outside and end with their
// first process, so nothing remains after the test, however it ends.
func TestTwoHostsBySyncthing(t *testing.T) {
	t.Parallel()
	if !testfs.Long() {
		t.Skipf("%s is not set", testfs.LongVariable)
	}
	needSyncthing(t)
	if !canMakeMachines() {
		asRootOfNamespace(t)
		return
	}
	playOnTwoHosts(t, func(t *testing.T) hosts {
		a, b := newMachine(t, "mac-a", idA), newMachine(t, "mac-b", idB)
		line := join(t, a.boot(), b.boot())
		syncStores(t, a, b)
		return hosts{a, b, line}
	})
}

// boot starts the namespaces of a machine.
func (m *machine) boot() namespaces {
	m.t.Helper()
	n := startNamespaces(m.t, m.name)
	m.within, m.end = n.within(), n.end
	m.env = append(m.env, "LOCKBAR_HOSTNAME=") // lockbar uses the host name of the namespace
	return n
}

// needSyncthing calls skipOrFail if a program is missing, or if namespaces or networks cannot be made.
func needSyncthing(t *testing.T) {
	t.Helper()
	for _, program := range []string{"syncthing", "ip", "nsenter"} {
		if _, err := exec.LookPath(program); err != nil {
			skipOrFail(t, fmt.Sprintf("no %s on PATH (Debian: apt install syncthing iproute2 util-linux)", program))
		}
	}
	try := exec.Command("sh", "-c", machineScript+"ip link add try type veth peer name other", "mac-try")
	try.SysProcAttr = newNamespaces()
	if !canMakeMachines() {
		asRoot(try.SysProcAttr)
	}
	if output, err := try.CombinedOutput(); err != nil {
		skipOrFail(t, fmt.Sprintf("cannot make namespaces and networks here: %v: %s", err, output))
	}
}

// skipOrFail skips the test, or fails it in CI if this process may make machines.
func skipOrFail(t *testing.T, reason string) {
	t.Helper()
	if canMakeMachines() && os.Getenv("CI") == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// canMakeMachines reports whether this process may make mounts and networks. In most containers not even root may.
func canMakeMachines() bool {
	const needed = 1<<unix.CAP_SYS_ADMIN | 1<<unix.CAP_NET_ADMIN
	var has [2]unix.CapUserData // the first has capabilities 0 to 31
	err := unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &has[0])
	return err == nil && has[0].Effective&needed == needed
}

// asRootOfNamespace runs this test again, in a process that is root in a user namespace. There it may make machines.
func asRootOfNamespace(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	testfs.Check(t, err)
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "TESTDESK_LOCKBAR="+testdesk.Lockbar(t))
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	asRoot(cmd.SysProcAttr)
	output, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "--- PASS: "+t.Name()) {
		t.Fatalf("as root of a user namespace: %v\n%s", err, output)
	}
}

func asRoot(attributes *syscall.SysProcAttr) {
	attributes.Cloneflags |= syscall.CLONE_NEWUSER
	attributes.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	attributes.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
}

// namespaces holds the namespaces of one machine.
type namespaces struct{ init *exec.Cmd } // the machine's first process

// machineScript sets up the namespaces of a machine. $0 is its host name.
const machineScript = `mount -t proc proc /proc && hostname "$0" && ip link set lo up && `

// newNamespaces returns the attributes of a process with new namespaces. The first process of a PID namespace must be a new child (clone);
// the other namespaces can be made just before exec (unshare).
func newNamespaces() *syscall.SysProcAttr {
	const own = syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS | syscall.CLONE_NEWNET
	return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID, Unshareflags: own, Pdeathsig: syscall.SIGKILL}
}

// startNamespaces starts a machine that ends with the test.
func startNamespaces(t testing.TB, name string) namespaces {
	t.Helper()
	cmd := exec.Command("sh", "-c", machineScript+"echo ready && exec sleep infinity", name)
	cmd.SysProcAttr, cmd.Stderr = newNamespaces(), t.Output()
	out, err := cmd.StdoutPipe()
	testfs.Check(t, err)
	testfs.Check(t, cmd.Start())
	n := namespaces{cmd}
	t.Cleanup(n.end)
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("%s does not start: %q, %v", name, line, err)
	}
	return n
}

// end kills all processes of the machine. Further calls do nothing.
func (n namespaces) end() {
	_ = n.init.Process.Kill()
	_ = n.init.Wait()
}

func (n namespaces) pid() string { return strconv.Itoa(n.init.Process.Pid) }

// within returns the beginning of a command line that runs a program on the machine.
func (n namespaces) within() []string {
	return []string{"nsenter", "--target", n.pid(), "--mount", "--uts", "--net", "--pid", "--"}
}

// addresses holds the address of each machine in their private network.
var addresses = []string{"10.77.0.1", "10.77.0.2"}

// join connects two machines. It returns a function that sets the line between them up or down.
func join(t *testing.T, machines ...namespaces) (line func(up bool)) {
	t.Helper()
	mustRun(t, "ip", "link", "add", "lan", "netns", machines[0].pid(), "type", "veth", "peer", "name", "lan", "netns", machines[1].pid())
	line = func(up bool) {
		state := map[bool]string{true: "up", false: "down"}[up]
		mustRun(t, append(machines[0].within(), "ip", "link", "set", "lan", state)...)
	}
	for i, n := range machines {
		mustRun(t, append(n.within(), "ip", "address", "add", addresses[i]+"/24", "dev", "lan")...)
		mustRun(t, append(n.within(), "ip", "link", "set", "lan", "up")...)
	}
	return line
}

func mustRun(t *testing.T, argv ...string) {
	t.Helper()
	if output, err := exec.CommandContext(t.Context(), argv[0], argv[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%q: %v: %s", argv, err, output)
	}
}

// syncStores starts Syncthing on each machine, and waits until the machines are connected.
func syncStores(t *testing.T, machines ...*machine) {
	t.Helper()
	var devices, members strings.Builder
	for n, m := range machines {
		id := m.generate()
		fmt.Fprintf(&devices, syncDevice, id, m.name, addresses[n])
		fmt.Fprintf(&members, "<device id=%q></device>", id)
	}
	for n, m := range machines {
		config := fmt.Sprintf(syncConfig, m.store.dir, members.String(), devices.String(), addresses[n])
		write(t, filepath.Join(m.syncHome(), "config.xml"), config)
		if err := os.Mkdir(filepath.Join(m.store.dir, ".stfolder"), 0o700); err != nil { // without it Syncthing assumes an unmounted disk
			t.Fatal(err)
		}
	}
	var programs []*testdesk.Process
	for _, m := range machines {
		command := m.run("syncthing", "serve", "--home="+m.syncHome(), "--no-browser", "--no-restart")
		command.Env = append(command.Env, "STHASHING=standard") // skips a benchmark of one second at the start
		programs = append(programs, command.Start(t))
	}
	for n, m := range machines {
		if _, err := programs[n].WaitLine(m.ctx(), "Established secure connection"); err != nil {
			t.Fatal(err)
		}
	}
}

func (m *machine) syncHome() string { return filepath.Join(m.home.Dir, "syncthing") }

// ownDevice matches the first device in a new configuration.
var ownDevice = regexp.MustCompile(`<device id="([A-Z2-7-]+)"`)

// generate makes the keys of a machine's Syncthing, and returns its device ID.
func (m *machine) generate() string {
	m.t.Helper()
	program := m.run("syncthing", "generate", "--home="+m.syncHome()).Start(m.t)
	testdesk.Must(program.Wait(m.ctx()))(m.t)
	config, err := os.ReadFile(filepath.Join(m.syncHome(), "config.xml"))
	found := ownDevice.FindSubmatch(config)
	if err != nil || found == nil {
		m.t.Fatalf("no device in %q, %v", config, err)
	}
	return string(found[1])
}

// syncDevice describes one machine: its ID, name and address.
const syncDevice = `<device id="%s" name="%s" compression="metadata"><address>tcp://%s:22000</address></device>
`

// syncConfig is the configuration of Syncthing: the store, the IDs of its members, the devices, the machine's own address. Version 36 of
// the format is that of Debian 12; later Syncthings convert it. Syncthing searches for no other devices and connects only to the other
// machine. It keeps ten conflict copies by default, but none if a configuration lacks maxConflicts.
const syncConfig = `<configuration version="36">
<folder id="store" label="store" path="%s" type="sendreceive" rescanIntervalS="3600" fsWatcherEnabled="true" fsWatcherDelayS="1">
%s
<maxConflicts>10</maxConflicts></folder>
%s
<gui enabled="false"></gui>
<options>
<listenAddress>tcp://%s:22000</listenAddress>
<globalAnnounceEnabled>false</globalAnnounceEnabled>
<localAnnounceEnabled>false</localAnnounceEnabled>
<relaysEnabled>false</relaysEnabled>
<natEnabled>false</natEnabled>
<urAccepted>-1</urAccepted>
<crashReportingEnabled>false</crashReportingEnabled>
<autoUpgradeIntervalH>0</autoUpgradeIntervalH>
<reconnectionIntervalS>1</reconnectionIntervalS>
</options>
</configuration>
`
