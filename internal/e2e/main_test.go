//go:build linux

package e2e

import (
	"flag"
	"os"
	"runtime"
	"strconv"
	"testing"

	"lockbar/internal/testdesk"
)

func TestMain(m *testing.M) {
	testdesk.BecomeWithoutLocks()
	flag.Parse()
	if err := waitTogether(); err != nil {
		panic(err)
	}
	os.Exit(testdesk.Main(m))
}

// together is how many tests run at a time: most of them only wait.
const together = 12

// waitTogether lets more tests than there are processors run at a time, unless the command line says how many.
func waitTogether() error {
	const parallel = "test.parallel"
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == parallel })
	if said {
		return nil
	}
	return flag.Set(parallel, strconv.Itoa(max(together, runtime.GOMAXPROCS(0))))
}
