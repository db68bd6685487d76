// Package state keeps what one machine remembers between two runs of Lockbar. The state file has who was seen to hold the stores, the
// last look at each, what was told of it, and the names that this machine had. Files of their own are the history of all stores,
// and the locks that make one process the Lockbar here. Nothing of it lies in a store, where it would be synced. Whatever another
// program left in the place of a file costs what was remembered, and no more.
//
// Several machines may share a home directory, and so the directory that people and systems name for the state; what they
// remember must not mix. The machine that first writes there owns the directory; each other one has a directory of its own in it.
//
// The package knows neither the menu nor the commands.
package state
