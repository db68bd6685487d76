package machine

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// noisyLocks is a /proc/locks with many lines that must not count.
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
	want := []flock{
		{pid: 1234, device: "253:1", inode: 1048},
		{pid: 77, device: "0:45", inode: 1<<64 - 1},
		{pid: 1245, device: "259:65538", inode: 7},
		{pid: 1<<31 - 1, device: "8:16", inode: 9},
	}
	if got := parseFlocks([]byte(noisyLocks)); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := parseFlocks(nil); got != nil {
		t.Errorf("an empty table holds %+v", got)
	}
}

// FuzzFlocks checks that each lock that is found has a line of its own, in the same order, and a PID.
func FuzzFlocks(f *testing.F) {
	f.Add([]byte(noisyLocks))
	if table, err := os.ReadFile("/proc/locks"); err == nil {
		f.Add(table)
	}
	f.Fuzz(func(t *testing.T, table []byte) {
		lines := bytes.Split(table, []byte("\n"))
		for _, l := range parseFlocks(table) {
			i := slices.IndexFunc(lines, func(line []byte) bool { return shows(line, l) })
			if l.pid <= 0 || i < 0 {
				t.Fatalf("%q holds no %+v", table, l)
			}
			lines = lines[i+1:]
		}
	})
}

// shows reports whether a line of /proc/locks shows the lock l. It reads the line in another way than the parser does.
func shows(line []byte, l flock) bool {
	fields := strings.Fields(string(line))
	if len(fields) < 6 || fields[1] != "FLOCK" {
		return false
	}
	var major, minor, inode uint64
	n, err := fmt.Sscanf(fields[5], "%x:%x:%d", &major, &minor, &inode)
	pid, errPID := strconv.Atoi(fields[4])
	return n == 3 && err == nil && errPID == nil && flock{pid: pid, device: fmt.Sprint(major, ":", minor), inode: inode} == l
}
