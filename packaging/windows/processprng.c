// The only function of bcryptprimitives.dll that Go's runtime calls. wine.sh builds the library if wine lacks it.
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return RtlGenRandom(data, (ULONG)length); }
