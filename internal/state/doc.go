// Package state keeps what one machine remembers between two runs of Lockbar. The state file holds the processes that were seen to hold
// stores, the last look at each store, what the user was told about it, and the names that this machine had. The history of all stores has
// its own files, and so have the locks that allow only one tray app for a state directory. None of this belongs in a store, where it would
// be synced. If another program damages a file, only the content of that file is lost.
//
// Several machines may share a home directory, and so the state directory that users and systems name, but their state must not mix. The
// machine that first writes there owns the directory; each other machine has a subdirectory of its own.
//
// The package knows neither the menu nor the commands.
package state
