//go:build linux

package watch

import (
	"fmt"
	"io"
	"os"
	"testing"
)

// childVariable tells a copy of the test program what to be.
const childVariable = "LOCKBAR_WATCH_CHILD"

func TestMain(m *testing.M) {
	switch role := os.Getenv(childVariable); role {
	case "":
		os.Exit(m.Run())
	case "sleep":
		io.Copy(io.Discard, os.Stdin)
	default:
		if err := beChild(role); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
