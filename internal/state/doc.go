// Package state keeps what one machine remembers between two runs of Lockbar. The state file holds what is remembered of each store (above
// all the process that was seen to hold it), the last look at it, what the user was told, the names that this machine had, and its id in
// shared stores if that is not the system's. The history of all stores has its own files, and so have the locks that allow only one tray
// app for a state directory. None of this belongs in a store, where it would be synced. If another program damages a file, only the content
// of that file is lost.
//
// Several machines may share a home directory, and so the state directory that users and systems name, but their state must not mix. The
// machine that first writes there owns the directory; each other machine has a subdirectory of its own.
//
// The package knows neither the menu nor the commands.
package state
