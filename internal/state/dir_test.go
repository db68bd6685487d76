package state_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/machine"
	"lockbar/internal/state"
	"lockbar/internal/testfs"
)

const idA, idB = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"

func TestSecondMachineHasItsOwnDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "here")
	t.Setenv(machine.Variable, idB)
	if p := state.Resolve(dir); p.Path != dir || p.Owner != "" {
		t.Errorf("without an owner: %+v", p)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("Resolve made the directory")
	}
	t.Setenv(machine.Variable, idA)
	if p := state.Claim(dir); p.Path != dir || p.Owner != idA || p.Foreign() {
		t.Errorf("the first machine: %+v", p)
	}
	t.Setenv(machine.Variable, idB)
	own := filepath.Join(dir, "machine-"+idB)
	for name, p := range map[string]state.Dir{"claim": state.Claim(dir), "resolve": state.Resolve(dir)} {
		if p.Path != own || p.Owner != idA || !p.Foreign() || p.Problem != nil {
			t.Errorf("the second machine: %s: %+v", name, p)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%v, %v, want only the file machine", left, err)
	}
}

func TestUnreadableOwner(t *testing.T) {
	t.Setenv(machine.Variable, idA)
	for name, spoil := range map[string]func(path string) error{
		"no id":       func(path string) error { return os.WriteFile(path, []byte("../../x\n"), 0o600) },
		"empty":       func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"large":       func(path string) error { return os.WriteFile(path, []byte(strings.Repeat("a", 100)), 0o600) },
		"a directory": func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "machine")
		ok(t, spoil(path))
		p := state.Claim(dir)
		if p.Problem == nil || !strings.Contains(p.Problem.Error(), path) || p.Path != filepath.Join(dir, "machine-"+idA) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// TestDirThatCannotBeWritten checks that Claim reports no problem for a directory that cannot be made (a later write reports that), nor for
// an empty path.
func TestDirThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	ok(t, os.WriteFile(file, nil, 0o600))
	for _, dir := range []string{file, filepath.Join(file, "below"), ""} {
		if p := state.Claim(dir); p.Path != dir || p.Problem != nil {
			t.Errorf("%q: %+v", dir, p)
		}
	}
}

// TestOneMachineOfManyWins checks that machines that start at once agree on the owner.
func TestOneMachineOfManyWins(t *testing.T) {
	dir := t.TempDir()
	machines := testfs.Rounds(4, 8)
	var all []*exec.Cmd
	output := make([]strings.Builder, machines)
	for i := range machines {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), claimEnv+"="+dir, fmt.Sprintf("%s=%016x", machine.Variable, i))
		cmd.Stdout = &output[i]
		ok(t, cmd.Start())
		all = append(all, cmd)
	}
	winners := 0
	for i, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
		switch output[i].String() {
		case dir:
			winners++
		case filepath.Join(dir, fmt.Sprintf("machine-%016x", i)):
		default:
			t.Errorf("machine %d uses %q", i, output[i].String())
		}
	}
	if winners != 1 {
		t.Errorf("%d machines own the directory, want 1", winners)
	}
}
