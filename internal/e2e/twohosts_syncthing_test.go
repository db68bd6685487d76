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
)

// TestTwoHostsBySyncthing plays the story on two machines that a real sync program joins. Each has host name, processes, mounts and
// network of its own: numbers of processes are the same on both. Nothing of it can be seen from outside, and it ends with its first
// process, so that nothing is left behind however the test ends.
func TestTwoHostsBySyncthing(t *testing.T) {
	t.Parallel()
	needSyncthing(t)
	if !mighty() {
		asRootOfNamespace(t)
		return
	}
	playOnTwoHosts(t, "taken twice", func(t *testing.T) hosts {
		a, b := newMachine(t, "mac-a", idA), newMachine(t, "mac-b", idB)
		line := join(t, a.boot(), b.boot())
		syncStores(t, a, b)
		return hosts{a, b, line}
	})
}

// boot gives a machine a kernel of its own.
func (m *machine) boot() kernel {
	m.t.Helper()
	k := startKernel(m.t, m.name)
	m.within, m.end = k.within(), k.end
	m.env = append(m.env, "LOCKBAR_HOSTNAME=") // its system knows
	return k
}

// needSyncthing skips the test where a program is missing, or the right to start a machine. Root of a whole machine has that right, so
// in the gate it fails.
func needSyncthing(t *testing.T) {
	t.Helper()
	for _, program := range []string{"syncthing", "ip", "nsenter"} {
		if _, err := exec.LookPath(program); err != nil {
			skipUnlessMightyInCI(t, fmt.Sprintf("no %s on PATH (Debian: apt install syncthing iproute2 util-linux)", program))
		}
	}
	try := exec.Command("sh", "-c", machineScript+"ip link add try type veth peer name other", "mac-try")
	try.SysProcAttr = ownKernel()
	if !mighty() {
		asRoot(try.SysProcAttr)
	}
	if said, err := try.CombinedOutput(); err != nil {
		skipUnlessMightyInCI(t, fmt.Sprintf("no namespaces and networks of one's own here: %v: %s", err, said))
	}
}

func skipUnlessMightyInCI(t *testing.T, why string) {
	t.Helper()
	if mighty() && os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// mighty reports whether this process may make mounts and networks. Root of most containers may not.
func mighty() bool {
	const needed = 1<<unix.CAP_SYS_ADMIN | 1<<unix.CAP_NET_ADMIN
	var has [2]unix.CapUserData // the first has the first 32
	err := unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &has[0])
	return err == nil && has[0].Effective&needed == needed
}

// asRootOfNamespace runs this test again as the root of a user namespace, who may start machines where this user may not.
func asRootOfNamespace(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "TESTDESK_LOCKBAR="+testdesk.Lockbar(t))
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	asRoot(cmd.SysProcAttr)
	said, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "--- PASS: "+t.Name()) {
		t.Fatalf("as root of a user namespace: %v\n%s", err, said)
	}
}

func asRoot(attributes *syscall.SysProcAttr) {
	attributes.Cloneflags |= syscall.CLONE_NEWUSER
	attributes.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	attributes.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
}

// kernel is what a machine is to its programs.
type kernel struct{ init *exec.Cmd } // the machine's first process

// machineScript makes namespaces a machine, whose name is the script's.
const machineScript = `mount -t proc proc /proc && hostname "$0" && ip link set lo up && `

// ownKernel is namespaces of its own. That of processes begins with a child, and the others before the program.
func ownKernel() *syscall.SysProcAttr {
	const own = syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS | syscall.CLONE_NEWNET
	return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID, Unshareflags: own, Pdeathsig: syscall.SIGKILL}
}

// startKernel starts a machine that ends with the test.
func startKernel(t testing.TB, name string) kernel {
	t.Helper()
	cmd := exec.Command("sh", "-c", machineScript+"echo ready && exec sleep infinity", name)
	cmd.SysProcAttr, cmd.Stderr = ownKernel(), t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	k := kernel{cmd}
	t.Cleanup(k.end)
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("%s does not start: %q, %v", name, line, err)
	}
	return k
}

// end ends all processes of the machine. Further calls do nothing.
func (k kernel) end() {
	_ = k.init.Process.Kill()
	_ = k.init.Wait()
}

func (k kernel) pid() string { return strconv.Itoa(k.init.Process.Pid) }

// within is the command that runs others on the machine.
func (k kernel) within() []string {
	return []string{"nsenter", "--target", k.pid(), "--mount", "--uts", "--net", "--pid", "--"}
}

// addresses are of the machines, in a network that nobody else is in.
var addresses = []string{"10.77.0.1", "10.77.0.2"}

// join connects two machines by a cable, and returns what pulls and plugs it.
func join(t *testing.T, machines ...kernel) (line func(up bool)) {
	t.Helper()
	mustRun(t, "ip", "link", "add", "lan", "netns", machines[0].pid(), "type", "veth", "peer", "name", "lan", "netns", machines[1].pid())
	line = func(up bool) {
		state := map[bool]string{true: "up", false: "down"}[up]
		mustRun(t, append(machines[0].within(), "ip", "link", "set", "lan", state)...)
	}
	for n, k := range machines {
		mustRun(t, append(k.within(), "ip", "address", "add", addresses[n]+"/24", "dev", "lan")...)
		mustRun(t, append(k.within(), "ip", "link", "set", "lan", "up")...)
	}
	return line
}

func mustRun(t *testing.T, argv ...string) {
	t.Helper()
	if said, err := exec.CommandContext(t.Context(), argv[0], argv[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%q: %v: %s", argv, err, said)
	}
}

// syncStores starts the sync programs of the machines, and waits until they have met.
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
		if err := os.Mkdir(filepath.Join(m.store.dir, ".stfolder"), 0o700); err != nil { // else it takes the store for an unmounted disk
			t.Fatal(err)
		}
	}
	var programs []*testdesk.Process
	for _, m := range machines {
		command := m.run("syncthing", "serve", "--home="+m.syncHome(), "--no-browser", "--no-restart")
		command.Env = append(command.Env, "STHASHING=standard") // else it takes a second of the processor to find the fastest
		programs = append(programs, command.Start(t))
	}
	for n, m := range machines {
		if _, err := programs[n].WaitLine(m.ctx(), "Established secure connection"); err != nil {
			t.Fatal(err)
		}
	}
}

func (m *machine) syncHome() string { return filepath.Join(m.home.Dir, "syncthing") }

// ownDevice is the first device in a new configuration.
var ownDevice = regexp.MustCompile(`<device id="([A-Z2-7-]+)"`)

// generate makes the keys of a machine's sync program, and returns what others know it by.
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

// syncDevice is one machine: its id, name and address.
const syncDevice = `<device id="%s" name="%s" compression="metadata"><address>tcp://%s:22000</address></device>
`

// syncConfig is the sync program's configuration: the store, the ids of its members, the devices, our address. Version 36 is that of
// Debian 12; later programs bring it to theirs. It looks for nobody, and sends nothing but to the other machine. Ten conflict copies is
// what it keeps of itself; of a configuration that does not say it, it takes zero.
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
