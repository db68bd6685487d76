// Package fsx reads, writes and locks files that anybody may have put there: in a store that a sync engine fills, in the state
// directory, among the settings. No call blocks on a pipe or a device in the place of a file, and none reads more than its caller
// asked for. Read, ReadLinked and ReadEnd return within ReadTimeout, and WaitLock when its context ends. The others wait for the
// system, on a dead mount for ever.
//
// The package does not know what the files hold.
package fsx
