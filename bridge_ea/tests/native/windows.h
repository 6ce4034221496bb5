// What the DLL's sources use of Windows beside sockets, on this machine.
#pragma once
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <string>

#define __declspec(what)
#define __stdcall

using LONG = int32_t;
union LARGE_INTEGER {
    int64_t QuadPart;
};

inline int QueryPerformanceFrequency(LARGE_INTEGER* per_second) {
    per_second->QuadPart = 10000000;
    return 1;
}

inline int QueryPerformanceCounter(LARGE_INTEGER* count) {
    timespec now = {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    count->QuadPart = int64_t{now.tv_sec} * 10000000 + now.tv_nsec / 100;
    return 1;
}

using SRWLOCK = std::mutex;
#define SRWLOCK_INIT {}
inline void AcquireSRWLockExclusive(SRWLOCK* lock) { lock->lock(); }
inline void ReleaseSRWLockExclusive(SRWLOCK* lock) { lock->unlock(); }
inline LONG InterlockedExchange(volatile LONG* place, LONG value) { return __atomic_exchange_n(place, value, __ATOMIC_SEQ_CST); }

// Paths and modes of these tests are plain ASCII.
inline FILE* _wfopen(const wchar_t* path, const wchar_t* mode) {
    const std::wstring wide_path = path, wide_mode = mode;
    return fopen(std::string(wide_path.begin(), wide_path.end()).c_str(), std::string(wide_mode.begin(), wide_mode.end()).c_str());
}
