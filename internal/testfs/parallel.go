package testfs

import (
	"flag"
	"runtime"
	"strconv"
)

// Together lets n tests run at a time, unless the command line says how many. It is for packages whose tests mostly wait. Call it in TestMain.
func Together(n int) {
	const parallel = "test.parallel"
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == parallel })
	if said {
		return
	}
	if err := flag.Set(parallel, strconv.Itoa(max(n, runtime.GOMAXPROCS(0)))); err != nil {
		panic(err)
	}
}
