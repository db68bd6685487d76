// Package fsx reads, writes and locks files in a store, in the state directory and among the settings. Anybody may have put something else
// in their place; a sync engine even fills the store. So no call blocks on a pipe or a device, and none reads more than its caller asked
// for. Read, ReadLinked and ReadEnd return within ReadTimeout, Within returns within twice that time, and InTime and InTimeOf return
// within the time that their caller sets. The others wait for the system, on a dead mount for ever.
//
// The package does not know what the files hold.
package fsx
