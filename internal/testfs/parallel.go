package testfs

import (
	"flag"
	"runtime"
	"strconv"
)

// Together lets at least n tests run at a time, unless the command line has -parallel. It is for the TestMain of packages whose tests
// mostly wait.
func Together(n int) {
	const parallel = "test.parallel"
	flag.Parse()
	isSet := false
	flag.Visit(func(f *flag.Flag) { isSet = isSet || f.Name == parallel })
	if isSet {
		return
	}
	if err := flag.Set(parallel, strconv.Itoa(max(n, runtime.GOMAXPROCS(0)))); err != nil {
		panic(err)
	}
}
