package service

const isKnown = false // see the package

var system manager
