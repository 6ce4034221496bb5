// Windows' own locks: under Wine they wake a waiter faster than the locks of mingw's C++ library.
#pragma once
#include <winsock2.h>
#include <windows.h>

class Lock {
  public:
    Lock() = default;
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    SRWLOCK* raw() { return &lock_; }

  private:
    SRWLOCK lock_ = SRWLOCK_INIT;
};

class LockGuard {
  public:
    explicit LockGuard(Lock& lock) : lock_(lock) { AcquireSRWLockExclusive(lock_.raw()); }
    ~LockGuard() { ReleaseSRWLockExclusive(lock_.raw()); }
    LockGuard(const LockGuard&) = delete;
    LockGuard& operator=(const LockGuard&) = delete;

  private:
    Lock& lock_;
};
