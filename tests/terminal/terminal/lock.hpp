// Windows' own locks: under Wine they wake a waiter faster than the C++ library's.
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

class Hold {
  public:
    explicit Hold(Lock& lock) : lock_(lock) { AcquireSRWLockExclusive(lock_.raw()); }
    ~Hold() { ReleaseSRWLockExclusive(lock_.raw()); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

  private:
    Lock& lock_;
};
