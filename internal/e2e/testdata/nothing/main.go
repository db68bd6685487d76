// Nothing does nothing or, with an argument, lists a directory. BenchmarkStatus compares `lockbar status` with it.
package main

import (
	"io"
	"log"
	"os"
)

// batch limits how many names of a large directory are in memory at once.
const batch = 1000

func main() {
	if len(os.Args) < 2 {
		return
	}
	dir, err := os.Open(os.Args[1])
	for err == nil {
		_, err = dir.Readdirnames(batch)
	}
	if err != io.EOF {
		log.Fatal(err)
	}
}
