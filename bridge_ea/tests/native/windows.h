// What the DLL's sources use of Windows apart from sockets, implemented for this machine.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <string>
#include <thread>

#define __declspec(what)
#define __stdcall
#define WINAPI

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

using CONDITION_VARIABLE = std::condition_variable_any;
#define CONDITION_VARIABLE_INIT {}
constexpr uint32_t INFINITE = 0xFFFFFFFF;
inline void WakeConditionVariable(CONDITION_VARIABLE* condition) { condition->notify_one(); }
inline int SleepConditionVariableSRW(CONDITION_VARIABLE* condition, SRWLOCK* lock, uint32_t timeout_ms, uint32_t) {
    if (timeout_ms != INFINITE) return condition->wait_for(*lock, std::chrono::milliseconds(timeout_ms)) == std::cv_status::no_timeout;
    condition->wait(*lock);
    return 1;
}

using HANDLE = std::thread*;
inline HANDLE CreateThread(void*, size_t, uint32_t (*work)(void*), void* argument, uint32_t, uint32_t*) { return new std::thread(work, argument); }
inline uint32_t WaitForSingleObject(HANDLE thread, uint32_t) {
    thread->join();
    return 0;
}
inline int CloseHandle(HANDLE thread) {
    delete thread;
    return 1;
}

// These sources are part of the program, which nobody unloads.
using HMODULE = void*;
constexpr uint32_t GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS = 4;
inline int GetModuleHandleExW(uint32_t, const wchar_t*, HMODULE* module) {
    *module = nullptr;
    return 0;
}
inline int FreeLibrary(HMODULE) { return 1; }
inline void FreeLibraryAndExitThread(HMODULE, uint32_t) {}

// Paths and modes of these tests are plain ASCII.
inline FILE* _wfopen(const wchar_t* path, const wchar_t* mode) {
    const std::wstring wide_path = path, wide_mode = mode;
    return fopen(std::string(wide_path.begin(), wide_path.end()).c_str(), std::string(wide_mode.begin(), wide_mode.end()).c_str());
}
