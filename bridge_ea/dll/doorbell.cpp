#include "doorbell.hpp"

static constexpr DWORD END_MS = 2000;

bool Doorbell::start(SOCKET socket) {
    socket_ = socket;
    rung_ = Rung::NO;
    stopping_ = false;
    // The thread keeps the DLL loaded while it runs: a program may be unloaded without having closed its connection.
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, reinterpret_cast<const wchar_t*>(&Doorbell::run), &module_);
    thread_ = CreateThread(nullptr, 0, run, this, 0, nullptr);
    if (thread_ == nullptr && module_ != nullptr) FreeLibrary(module_);
    return thread_ != nullptr;
}

void Doorbell::stop() {
    if (thread_ == nullptr) return;
    AcquireSRWLockExclusive(&lock_);
    stopping_ = true;
    WakeConditionVariable(&heard_);
    ReleaseSRWLockExclusive(&lock_);
    shutdown(socket_, SD_BOTH);  // ends the thread's recv
    WaitForSingleObject(thread_, END_MS);
    CloseHandle(thread_);
    thread_ = nullptr;
}

Doorbell::Rung Doorbell::wait(DWORD timeout_ms) {
    AcquireSRWLockExclusive(&lock_);
    if (rung_ == Rung::NO) SleepConditionVariableSRW(&rung_changed_, &lock_, timeout_ms, 0);
    const Rung rung = rung_;
    ReleaseSRWLockExclusive(&lock_);
    return rung;
}

void Doorbell::listen_again() {
    AcquireSRWLockExclusive(&lock_);
    rung_ = Rung::NO;
    WakeConditionVariable(&heard_);
    ReleaseSRWLockExclusive(&lock_);
}

// Rings and waits until the ring was heard. False if listening must end.
bool Doorbell::ring_and_wait(bool has_bytes) {
    AcquireSRWLockExclusive(&lock_);
    rung_ = has_bytes ? Rung::BYTES : Rung::GONE;
    WakeConditionVariable(&rung_changed_);
    while (rung_ != Rung::NO && !stopping_) SleepConditionVariableSRW(&heard_, &lock_, INFINITE, 0);
    const bool goes_on = !stopping_;
    ReleaseSRWLockExclusive(&lock_);
    return goes_on;
}

DWORD WINAPI Doorbell::run(void* self) {
    Doorbell& bell = *static_cast<Doorbell*>(self);
    const HMODULE module = bell.module_;
    char first = 0;
    while (bell.ring_and_wait(recv(bell.socket_, &first, 1, MSG_PEEK) > 0)) {
    }
    if (module != nullptr) FreeLibraryAndExitThread(module, 0);
    return 0;
}
