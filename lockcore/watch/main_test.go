//go:build linux

package watch

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// childVariable tells a copy of the test program what to be.
const childVariable = "LOCKBAR_WATCH_CHILD"

// parallel tests wait much more than they work, so there may be more of them than processors.
const parallel = "8"

func TestMain(m *testing.M) {
	switch role := os.Getenv(childVariable); role {
	case "":
		flag.Parse()
		if err := flag.Set("test.parallel", parallel); err != nil {
			panic(err)
		}
		os.Exit(m.Run())
	default:
		if err := beChild(role); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
