package lockcore

import (
	"slices"
	"testing"
)

func TestDaemonsOfALook(t *testing.T) {
	daemon := func(pid int) Process { return Process{PID: pid, Status: Running, Kind: Daemon, store: thisStore} }
	run, another, gone, unknown := daemon(4), daemon(5), daemon(6), daemon(7)
	run.Kind, another.store, gone.Status, unknown.store = LockbarRun, anotherStore, Gone, unknownStore
	for _, test := range []struct {
		name string
		look Snapshot
		want []int
	}{
		{"nobody", Snapshot{}, nil},
		{"the holder", Snapshot{Holder: daemon(1)}, []int{1}},
		{"of an unknown store", Snapshot{Holder: unknown}, []int{7}},
		{"of another store", Snapshot{Holder: another}, nil},
		{"gone", Snapshot{Holder: gone}, nil},
		{"lockbar run, and a daemon that starts", Snapshot{Holder: run, Starting: daemon(3)}, []int{3}},
		{"all", Snapshot{Holder: daemon(1), LocalDaemon: daemon(2), Starting: daemon(3)}, []int{1, 2, 3}},
	} {
		var got []int
		for _, p := range Daemons(test.look) {
			got = append(got, p.PID)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
