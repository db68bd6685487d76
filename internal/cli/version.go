package cli

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version and commit are set by packagers: -ldflags "-X lockbar/internal/cli.version=v1.2.3 -X ...commit=abc". If they are
// empty, the build information of the Go tool counts.
var version, commit string

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long:  "Print the version, the commit, the Go version and the system of this build.",
		Args:  noArguments,
		RunE:  printVersion,
	}
}

func printVersion(*cobra.Command, []string) error {
	_, err := fmt.Printf("lockbar %s (commit %s) %s %s/%s\n", buildVersion(), buildCommit(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return commandError(err)
}

func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if version != "" || !ok {
		return cmp.Or(version, "unknown")
	}
	return cmp.Or(info.Main.Version, "(devel)")
}

func buildCommit() string {
	info, ok := debug.ReadBuildInfo()
	if commit != "" || !ok {
		return cmp.Or(commit, "unknown")
	}
	revision, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = ", modified"
		}
	}
	return cmp.Or(revision, "unknown") + dirty
}
