// Nothing is the least that a Go program can do, or, with a directory, the least that can list one. The benchmark of
// `lockbar status` measures against it.
package main

import (
	"io"
	"log"
	"os"
)

// batch keeps the names of a large directory from all being there at once.
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
