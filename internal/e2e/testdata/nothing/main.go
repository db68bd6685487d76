// Nothing is the least that a Go program can do. The benchmark of `lockbar
// status` measures against it.
package main

func main() {}
