// The relay's end of both connections, and what it must receive of the frames that the program handed in.
#pragma once
#include <arpa/inet.h>
#include <deque>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "layouts.hpp"

// One listening socket and the one connection to it.
class Peer {
  public:
    Peer() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
        const int small = 16384;  // so that a relay that does not read is soon noticed
        setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        sockaddr_in here = {};
        here.sin_family = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof here;
        const bool listens = bind(listener_, reinterpret_cast<sockaddr*>(&here), size) == 0 && listen(listener_, 1) == 0;
        require(listens && getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size) == 0, "a port to listen on");
        port_ = ntohs(here.sin_port);
    }

    int port() const { return port_; }
    void accept_one() {
        hang_up();
        connection_ = accept(listener_, nullptr, nullptr);
        fcntl(connection_, F_SETFL, O_NONBLOCK);
    }
    // After a reset, bytes that were sent and not read yet are lost.
    void hang_up(bool reset = false) {
        if (connection_ < 0) return;
        const linger at_once = {reset ? 1 : 0, 0};
        setsockopt(connection_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(connection_);
        connection_ = -1;
    }

    void say(const std::string& bytes) {
        size_t at = 0;
        while (at < bytes.size()) {
            const ssize_t sent = send(connection_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
            if (sent <= 0) return;
            at += static_cast<size_t>(sent);
        }
    }

    // The bytes that have arrived. Waits a moment if there are none.
    std::string hear(int wait_ms) {
        std::string all;
        pollfd ready = {connection_, POLLIN, 0};
        while (connection_ >= 0 && poll(&ready, 1, all.empty() ? wait_ms : 0) > 0) {
            char some[65536];
            const ssize_t got = recv(connection_, some, sizeof some, 0);
            if (got <= 0) break;
            all.append(some, static_cast<size_t>(got));
        }
        return all;
    }

  private:
    int listener_;
    int connection_ = -1;
    int port_ = 0;
};

// What the relay must receive on one connection: each frame that was handed in, in order, with its texts made valid.
class Told {
  public:
    explicit Told(FILE* kept) : kept_(kept) {}

    void handed_in(const Layout& layout, const std::string& body) { due_.push_back({&layout, body}); }
    bool all_heard() const { return due_.empty(); }
    // The connection is gone, and with it the frames that were not received.
    void forget() {
        due_.clear();
        bytes_.clear();
    }

    void heard(const std::string& bytes) {
        bytes_ += bytes;
        size_t at = 0;
        while (!due_.empty() && bytes_.size() - at >= 8 + due_.front().layout->size) {
            check(due_.front(), bytes_.substr(at, 8 + due_.front().layout->size));
            at += 8 + due_.front().layout->size;
            due_.pop_front();
        }
        bytes_.erase(0, at);
        rule(bytes_.empty() || !due_.empty(), "the relay hears nothing that was not handed in");
    }

  private:
    struct Due {
        const Layout* layout;
        std::string body;
    };
    static constexpr size_t KEPT_BYTES = 4000000;

    void check(const Due& due, const std::string& frame) {
        uint32_t size = 0;
        memcpy(&size, &frame[4], sizeof size);
        rule(frame[0] == static_cast<char>(wire::VERSION) && frame[1] == static_cast<char>(due.layout->kind), "a frame says its kind");
        rule(size == frame.size(), "a frame says its size");
        compare(*due.layout, frame.substr(8), due.body);
        if (kept_bytes_ < KEPT_BYTES) kept_bytes_ += fwrite(frame.data(), 1, frame.size(), kept_);
    }

    std::deque<Due> due_;
    std::string bytes_;
    FILE* kept_;
    size_t kept_bytes_ = 0;
};
