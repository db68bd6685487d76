package cli

import (
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

func TestCompletion(t *testing.T) {
	w := newWorld(t)
	const noFiles, dirs, files = ":4", ":16", ":0" // cobra.ShellCompDirective...
	for _, test := range []struct {
		words []string
		offer string
		how   string
	}{
		{[]string{"st"}, "status\t", noFiles},
		{[]string{"his"}, "history\t", noFiles},
		{[]string{"login", ""}, "enable\ndisable\nstatus\n", noFiles},
		{[]string{"daemon", ""}, "stop\nstart\nstatus\n", noFiles},
		{[]string{"status", ""}, "", noFiles},
		{[]string{"watch", ""}, "", noFiles},
		{[]string{"status", "--js"}, "--json\t", noFiles},
		{[]string{"unlock", "--tok"}, "--token\tremove only the lock with this token (", noFiles},
		{[]string{"status", "--store", ""}, "", dirs},
		{[]string{"--state-dir", ""}, "", dirs},
		{[]string{"unlock", "--token", ""}, "", noFiles},
		{[]string{"history", "-n", ""}, "", noFiles},
		{[]string{"history", "--ht"}, "--html\t", noFiles},
		{[]string{"--hostname", ""}, "", noFiles},
		{[]string{"run", "--", ""}, "", files},
	} {
		out := w.run(append([]string{"__complete"}, test.words...)...).want(t, 0).out
		if !strings.HasPrefix(out, test.offer) || !strings.Contains(out, test.how+"\n") {
			t.Errorf("%q: %q, want %q and %s", test.words, out, test.offer, test.how)
		}
		for _, hidden := range []string{"deliver-notification", "demo-holder", "--as"} {
			if strings.Contains(out, hidden) {
				t.Errorf("%q offers %s", test.words, hidden)
			}
		}
	}
}

func TestCompletionScripts(t *testing.T) {
	w := newWorld(t)
	if out := w.run("--help").want(t, 0).out; !strings.Contains(out, "\n  completion ") {
		t.Error("help does not name completion")
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		script := w.run("completion", shell).want(t, 0).out
		if !strings.Contains(script, "lockbar") {
			t.Errorf("%s: %q", shell, script)
		}
		if _, err := exec.LookPath(shell); err != nil || runtime.GOOS == "windows" {
			continue // it is no part of what a build needs; on Windows bash may be WSL's, which fails without a distribution
		}
		check := exec.Command(shell, "-n")
		check.Stdin = strings.NewReader(script)
		if said, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s -n: %v\n%s", shell, err, said)
		}
	}
}
