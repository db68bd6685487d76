package fsx

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestMountedAt(t *testing.T) {
	lines := []string{
		`22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw`,
		`23 22 0:30 /@home /home rw - btrfs /dev/sdb rw,subvolid=256,subvol=/@home`,
		`24 22 0:31 / /tmp rw - tmpfs tmpfs rw`,
		`25 22 0:30 /@home/u/with\040space /mnt/bind rw - btrfs /dev/sdb rw,subvolid=256,subvol=/@home`,
		`26 22 8:1 /srv /mnt/srv rw - ext4 /dev/sda1 rw`,
		`27 22 0:99 / /home/over rw - tmpfs tmpfs rw`,
		`28 22 0:30 / /mnt/top rw - btrfs /dev/sdb rw,subvolid=5,subvol=/`,
		`29 22 0:30 /@home /a rw - btrfs /dev/sdb rw,subvolid=256,subvol=/@home`,
		`nonsense`, ``, `1 2`,
	}
	for path, want := range map[string]string{
		"/home/u/with space": "/a/u/with space|/home/u/with space|/mnt/top/@home/u/with space|/mnt/bind",
		"/mnt/bind":          "/a/u/with space|/home/u/with space|/mnt/top/@home/u/with space|/mnt/bind",
		"/mnt/bind/store":    "/a/u/with space/store|/home/u/with space/store|/mnt/top/@home/u/with space/store|/mnt/bind/store",
		"/mnt/srv/a":         "/srv/a|/mnt/srv/a",
		"/srv":               "/srv|/mnt/srv",
		"/tmp/x":             "/tmp/x",
		"/home/over/x":       "/home/over/x",
		"/home/u":            "/a/u|/home/u|/mnt/top/@home/u",
	} {
		for range len(lines) {
			if got := strings.Join(parseMounts([]byte(strings.Join(lines, "\n"))).pathsTo(path), "|"); got != want {
				t.Errorf("%s is at %s, want %s", path, got, want)
			}
			lines = append(lines[1:], lines[0])
		}
	}
	if got := parseMounts(nil).pathsTo("/x"); got != nil {
		t.Errorf("an empty table: %q", got)
	}
}

const mountTable = `21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
22 21 0:5 / /dev rw - devtmpfs none rw
9 21 0:45 /sub\040volume /data/with\040blank\012line rw - btrfs /dev/vdb rw,subvol=/sub\040volume
222 21 0:46 / /mnt/222\0409 rw master:1 propagate_from:2 - fuse.sshfs jo@mac-b:/x\0409 rw

23
 24 21 7:0 / /x rw - squashfs /dev/loop0 ro
x 21 7:1 / /x rw - squashfs /dev/loop0 ro
25 21 7:2 / /last rw - squashfs /dev/loop0 ro`

func TestMountDevice(t *testing.T) {
	for mount, want := range map[uint64]string{
		21: "254:0", 22: "0:5", 9: "0:45", 222: "0:46", 24: "7:0", 25: "7:2",
		23: "", // cut off
		1:  "", // a parent only
		2:  "", // a prefix of others
		0:  "", 1<<64 - 1: "",
	} {
		if got := parseMounts([]byte(mountTable)).device(mount); got != want {
			t.Errorf("mount %d is on %q, want %q", mount, got, want)
		}
	}
	if got := parseMounts(nil).device(21); got != "" {
		t.Errorf("no table: %q", got)
	}
}

// FuzzMountDevice checks that the device is that of the first line with the mount's number.
func FuzzMountDevice(f *testing.F) {
	f.Add([]byte(mountTable), uint64(21))
	if table, err := os.ReadFile(mountinfo); err == nil {
		f.Add(table, uint64(1))
	}
	f.Fuzz(func(t *testing.T, table []byte, mount uint64) {
		got := parseMounts(table).device(mount)
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
