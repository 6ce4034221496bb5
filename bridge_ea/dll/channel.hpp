#pragma once
#include <winsock2.h>

#include <cstddef>
#include <cstdint>

#include "doorbell.hpp"
#include "frame_reader.hpp"

constexpr int LOST = -1;

// One TCP connection to the relay on this machine. Any error drops the connection: a frame that was sent in part is never
// continued, since the relay could not tell where the next one begins.
class Channel {
  public:
    // Connects; closes an open connection first. 0, or the Winsock error.
    int open(int port, bool blocking);
    // The same, with a doorbell: reads only after the doorbell has rung.
    int open_with_doorbell(int port);
    void close();
    bool is_open() const { return socket_ != INVALID_SOCKET; }

    // Queues one frame and writes what the socket takes. LOST if the buffer is full.
    int push(uint8_t kind, const void* body, size_t size);
    // Queues one frame that goes out together with the next.
    int push_later(uint8_t kind, const void* body, size_t size);
    int flush();

    // Reads one frame of these kinds: its kind and its body, 0 if none is complete yet or one of an unknown kind was passed over, or LOST.
    // A blocking channel waits up to timeout_ms.
    int read(const KnownKinds& known, void* body, int timeout_ms);

  private:
    static constexpr size_t OUT_SIZE = 1 << 20;

    int receive(size_t wanted, int timeout_ms);
    bool has_bytes() const;
    bool is_time_to_listen();
    Doorbell::Rung await_bytes(DWORD timeout_ms);
    void set_timeout(int timeout_ms);
    int drop();

    SOCKET socket_ = INVALID_SOCKET;
    bool blocking_ = false;
    int timeout_ms_ = -1;
    unsigned looks_ = 0;
    Doorbell doorbell_;
    size_t out_count_ = 0;
    FrameReader in_;
    char out_[OUT_SIZE];
};
