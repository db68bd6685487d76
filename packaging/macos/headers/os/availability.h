// Declares API_AVAILABLE(macos(VERSION)), so that clang asks for a guard around what is newer than our oldest macOS.
#pragma once
#define LOCKBAR_SINCE_macos(version) macos, introduced = version
#define API_AVAILABLE(platform) __attribute__((availability(LOCKBAR_SINCE_##platform)))
