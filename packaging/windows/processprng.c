// The one function of bcryptprimitives.dll that the runtime of Go asks for. test-wine builds it where wine has no such library.
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return RtlGenRandom(data, (ULONG)length); }
