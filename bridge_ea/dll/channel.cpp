#include "channel.hpp"

#include <cstring>

#include "wire.hpp"

static constexpr unsigned LOOKS_PER_READ = 4;

static SOCKET connect_here(int port, int* error) {
    static bool started = false;
    WSADATA data;
    if (!started && (*error = WSAStartup(MAKEWORD(2, 2), &data)) != 0) return INVALID_SOCKET;
    started = true;
    const SOCKET made = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<u_short>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (made != INVALID_SOCKET && connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return made;
    *error = WSAGetLastError();
    if (made != INVALID_SOCKET) closesocket(made);
    return INVALID_SOCKET;
}

int Channel::open(int port, bool blocking) {
    close();
    int error = 0;
    const SOCKET made = connect_here(port, &error);
    if (made == INVALID_SOCKET) return error != 0 ? error : WSAENOTCONN;
    const BOOL on = TRUE;
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&on), sizeof on);
    u_long non_blocking = blocking ? 0 : 1;
    ioctlsocket(made, FIONBIO, &non_blocking);
    blocking_ = blocking;
    socket_ = made;
    return 0;
}

int Channel::open_with_doorbell(int port) {
    const int error = open(port, true);
    if (error != 0 || doorbell_.start(socket_)) return error;
    close();
    return WSAENOBUFS;
}

void Channel::close() {
    const SOCKET old = socket_;
    doorbell_.stop();
    socket_ = INVALID_SOCKET;
    in_.clear();
    out_count_ = 0;
    timeout_ms_ = -1;
    if (old != INVALID_SOCKET) closesocket(old);
}

int Channel::drop() {
    close();
    return LOST;
}

int Channel::push(uint8_t kind, const void* body, size_t size) {
    return push_later(kind, body, size) == LOST ? LOST : flush();
}

int Channel::push_later(uint8_t kind, const void* body, size_t size) {
    if (!is_open()) return LOST;
    const Head head = {static_cast<uint8_t>(wire::VERSION), kind, 0, static_cast<uint32_t>(sizeof(Head) + size)};
    if (out_count_ + head.size > OUT_SIZE && flush() == LOST) return LOST;
    if (out_count_ + head.size > OUT_SIZE) return drop();
    memcpy(out_ + out_count_, &head, sizeof head);
    memcpy(out_ + out_count_ + sizeof head, body, size);
    out_count_ += head.size;
    return 0;
}

int Channel::flush() {
    if (!is_open()) return LOST;
    size_t at = 0;
    while (at < out_count_) {
        const int sent = send(socket_, out_ + at, static_cast<int>(out_count_ - at), 0);
        if (sent <= 0 && WSAGetLastError() != WSAEWOULDBLOCK) return drop();
        if (sent <= 0) break;
        at += static_cast<size_t>(sent);
    }
    memmove(out_, out_ + at, out_count_ - at);
    out_count_ -= at;
    return 0;
}

int Channel::read(const KnownKinds& known, void* body, int timeout_ms) {
    if (!is_open()) return LOST;
    uint8_t kind = 0;
    for (;;) {
        switch (in_.take(known, body, &kind)) {
            case FrameReader::Got::FRAME: return kind;
            case FrameReader::Got::PASSED_OVER: return 0;
            case FrameReader::Got::MALFORMED: return drop();
            case FrameReader::Got::NOTHING: break;
        }
        if (doorbell_.is_running()) {
            const Doorbell::Rung rung = await_bytes(static_cast<DWORD>(timeout_ms));
            if (rung != Doorbell::Rung::BYTES) return rung == Doorbell::Rung::GONE ? drop() : 0;
        } else if (!blocking_ && !has_bytes() && !is_time_to_listen()) {
            return 0;
        }
        const int got = receive(in_.wanted(known), timeout_ms);
        if (got != 1) return got;
    }
}

// Another read may have taken the bytes that the doorbell rang for. Then it listens again.
Doorbell::Rung Channel::await_bytes(DWORD timeout_ms) {
    const Doorbell::Rung rung = doorbell_.wait(timeout_ms);
    if (rung != Doorbell::Rung::BYTES || has_bytes()) return rung;
    doorbell_.listen_again();
    return doorbell_.wait(timeout_ms);
}

// Only a read finds that the connection is gone, so one in LOOKS_PER_READ looks is a read.
bool Channel::is_time_to_listen() {
    looks_ = (looks_ + 1) % LOOKS_PER_READ;
    return looks_ == 0;
}

// Wine answers FIONREAD without asking its server, unlike all other socket calls.
bool Channel::has_bytes() const {
    u_long count = 0;
    return ioctlsocket(socket_, FIONREAD, &count) == 0 && count > 0;
}

// Reads up to so many bytes: 1 if any came, 0 if none did, or LOST.
int Channel::receive(size_t wanted, int timeout_ms) {
    if (blocking_ && !doorbell_.is_running()) set_timeout(timeout_ms);
    const int got = recv(socket_, in_.end(), static_cast<int>(wanted), 0);
    if (got == 0) return drop();
    if (got < 0) {
        const int error = WSAGetLastError();
        return error == WSAETIMEDOUT || error == WSAEWOULDBLOCK ? 0 : drop();
    }
    in_.add(static_cast<size_t>(got));
    return 1;
}

void Channel::set_timeout(int timeout_ms) {
    // Winsock reads a timeout of 0 as "wait for ever" (SO_RCVTIMEO).
    const DWORD wanted = timeout_ms < 1 ? 1 : static_cast<DWORD>(timeout_ms);
    if (timeout_ms_ == static_cast<int>(wanted)) return;
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<const char*>(&wanted), sizeof wanted);
    timeout_ms_ = static_cast<int>(wanted);
}
