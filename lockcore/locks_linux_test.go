package lockcore_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lockbar/lockcore"
)

// noisyLocks is /proc/locks with all that must not count in it.
const noisyLocks = `1: FLOCK  ADVISORY  WRITE 1234 fd:01:1048 0 EOF
1: -> FLOCK  ADVISORY  WRITE 1235 fd:01:1048 0 EOF
1:  -> FLOCK  ADVISORY  READ 1236 fd:01:1048 0 EOF
2: FLOCK  ADVISORY  READ 77 00:2d:18446744073709551615 0 EOF
3: POSIX  ADVISORY  WRITE 1237 fd:01:1048 128 128
4: OFDLCK ADVISORY  READ -1 fd:01:1048 0 EOF
5: LEASE  ACTIVE    READ 1238 fd:01:1048 0 EOF
6: DELEG  ACTIVE    READ 1239 fd:01:1048 0 EOF
7: FLOCK  ADVISORY  WRITE 0 fd:01:1048 0 EOF
8: FLOCK  ADVISORY  WRITE -1 fd:01:1048 0 EOF
9: FLOCK  ADVISORY  WRITE 4294967297 fd:01:1048 0 EOF
10: FLOCK  ADVISORY  WRITE x fd:01:1048 0 EOF
11: FLOCK  ADVISORY  WRITE 1240 <none>:0 0 EOF
12: FLOCK  ADVISORY  WRITE 1241 fd:01 0 EOF
13: FLOCK  ADVISORY  WRITE 1242 xx:01:1048 0 EOF
14: FLOCK  ADVISORY  WRITE 1243 fd:01:-1 0 EOF
15: FLOCK  ADVISORY  WRITE 1244 fd:01:10g 0 EOF
16: FLOCK  ADVISORY  WRITE
17: FLOCK  MSNFS     READ  1245 103:10002:7 0 EOF

18: FLOCK  ADVISORY  READ 2147483647 08:10:9 0 EOF`

func TestParseFlocks(t *testing.T) {
	want := []lockcore.Flock{
		{PID: 1234, Device: "253:1", Inode: 1048},
		{PID: 77, Device: "0:45", Inode: 1<<64 - 1},
		{PID: 1245, Device: "259:65538", Inode: 7},
		{PID: lockcore.MaxPID, Device: "8:16", Inode: 9},
	}
	if got := lockcore.ParseFlocks([]byte(noisyLocks)); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := lockcore.ParseFlocks(nil); got != nil {
		t.Errorf("an empty table holds %+v", got)
	}
}

// FuzzFlocks: each lock that is found stands in a line of its own, which is that of an owner.
func FuzzFlocks(f *testing.F) {
	f.Add([]byte(noisyLocks))
	if table, err := os.ReadFile("/proc/locks"); err == nil {
		f.Add(table)
	}
	f.Fuzz(func(t *testing.T, table []byte) {
		lines := bytes.Split(table, []byte("\n"))
		for _, l := range lockcore.ParseFlocks(table) {
			i := slices.IndexFunc(lines, func(line []byte) bool { return ownsLock(line, l) })
			if l.PID <= 0 || i < 0 {
				t.Fatalf("%q holds no %+v", table, l)
			}
			lines = lines[i+1:]
		}
	})
}

// ownsLock reads a line in another way than the parser does: it forms what the kernel would have printed.
func ownsLock(line []byte, l lockcore.Flock) bool {
	fields := strings.Fields(string(line))
	if len(fields) < 6 || fields[1] != "FLOCK" {
		return false
	}
	var major, minor, inode uint64
	n, err := fmt.Sscanf(fields[5], "%x:%x:%d", &major, &minor, &inode)
	pid, errPID := strconv.Atoi(fields[4])
	return n == 3 && err == nil && errPID == nil && lockcore.Flock{PID: pid, Device: fmt.Sprint(major, ":", minor), Inode: inode} == l
}

const mountTable = `21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
22 21 0:5 / /dev rw - devtmpfs none rw
9 21 0:45 /sub\040volume /data/with\040blank\012line rw - btrfs /dev/vdb rw,subvol=/sub\040volume
222 21 0:46 / /mnt/222\0409 rw master:1 propagate_from:2 - fuse.sshfs jo@mac-b:/x\0409 rw

23
 24 21 7:0 / /x rw - squashfs /dev/loop0 ro
x 21 7:1 / /x rw - squashfs /dev/loop0 ro
25 21 7:2 / /last rw - squashfs /dev/loop0 ro`

func TestParseMountDevice(t *testing.T) {
	for mount, want := range map[uint64]string{
		21: "254:0", 22: "0:5", 9: "0:45", 222: "0:46", 24: "7:0", 25: "7:2",
		23: "", // cut off
		1:  "", // a parent only
		2:  "", // begins as others do
		0:  "", 1<<64 - 1: "",
	} {
		if got := lockcore.ParseMountDevice([]byte(mountTable), mount); got != want {
			t.Errorf("mount %d is on %q, want %q", mount, got, want)
		}
	}
	if got := lockcore.ParseMountDevice(nil, 21); got != "" {
		t.Errorf("no table: %q", got)
	}
}

// FuzzMountDevice: a device that is found stands in the line of that mount, and the line is the first of that number.
func FuzzMountDevice(f *testing.F) {
	f.Add([]byte(mountTable), uint64(21))
	if table, err := os.ReadFile("/proc/self/mountinfo"); err == nil {
		f.Add(table, uint64(1))
	}
	f.Fuzz(func(t *testing.T, table []byte, mount uint64) {
		got := lockcore.ParseMountDevice(table, mount)
		var want string
		for _, line := range strings.Split(string(table), "\n") {
			fields := strings.Fields(line)
			if len(fields) >= 5 && strings.TrimLeft(fields[0], "0") == strings.TrimLeft(strconv.FormatUint(mount, 10), "0") && fields[0] != "" {
				want = fields[2]
				break
			}
		}
		if got != want {
			t.Fatalf("%q: mount %d is on %q, want %q", table, mount, got, want)
		}
	})
}
