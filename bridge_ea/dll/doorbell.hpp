#pragma once
#include <winsock2.h>
#include <windows.h>

// Reports at once that bytes wait on a socket, or that the connection is gone, for a program that must do other things each
// millisecond. A thread of its own listens: waiting for it is one system call, while every wait on a socket asks Wine's
// server several times.
class Doorbell {
  public:
    enum class Rung { NO, BYTES, GONE };

    // Starts to listen. False if the system gives no thread.
    bool start(SOCKET socket);
    // Ends the thread. Nothing can be read from the socket afterwards.
    void stop();
    bool is_running() const { return thread_ != nullptr; }

    // Waits up to so many ms for a ring. GONE: the connection has ended.
    Rung wait(DWORD timeout_ms);
    // All bytes that it rang for were read: it may ring again.
    void listen_again();

  private:
    static DWORD WINAPI run(void* self);
    bool ring_and_wait(bool has_bytes);

    SOCKET socket_ = INVALID_SOCKET;
    HANDLE thread_ = nullptr;
    HMODULE module_ = nullptr;
    SRWLOCK lock_ = SRWLOCK_INIT;
    CONDITION_VARIABLE rung_changed_ = CONDITION_VARIABLE_INIT;
    CONDITION_VARIABLE heard_ = CONDITION_VARIABLE_INIT;
    Rung rung_ = Rung::NO;
    bool stopping_ = false;
};
