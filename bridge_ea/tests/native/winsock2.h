// What the DLL's sources use of Winsock, implemented with this machine's sockets.
#pragma once
#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

using SOCKET = int;
using BOOL = int;
using DWORD = uint32_t;
struct WSADATA {};

constexpr SOCKET INVALID_SOCKET = -1;
constexpr BOOL TRUE = 1;
constexpr int SD_BOTH = SHUT_RDWR;
constexpr int WSAEWOULDBLOCK = EWOULDBLOCK;
constexpr int WSAENOTCONN = ENOTCONN;
constexpr int WSAENOBUFS = ENOBUFS;
// A blocking read that times out gives EAGAIN here, like a read that would block.
constexpr int WSAETIMEDOUT = ETIMEDOUT;

inline int MAKEWORD(int low, int high) { return low | high << 8; }
inline int WSAStartup(int, WSADATA*) { return 0; }
inline int WSAGetLastError() { return errno; }
inline int closesocket(SOCKET socket) { return close(socket); }

inline int ioctlsocket(SOCKET socket, unsigned long request, u_long* value) {
    if (request == FIONBIO) return fcntl(socket, F_SETFL, *value != 0 ? O_NONBLOCK : 0);
    int count = 0;
    const int done = ioctl(socket, request, &count);
    *value = static_cast<u_long>(count);
    return done;
}

// A write to a connection that the peer closed must return an error, as in Winsock, and raise no signal.
inline ssize_t send_as_winsock(SOCKET socket, const void* bytes, int count, int flags) {
    return send(socket, bytes, static_cast<size_t>(count), flags | MSG_NOSIGNAL);
}

// Winsock takes a time-out as milliseconds.
inline int setsockopt_as_winsock(SOCKET socket, int level, int name, const char* value, socklen_t size) {
    if (level != SOL_SOCKET || name != SO_RCVTIMEO) return setsockopt(socket, level, name, value, size);
    const DWORD ms = *reinterpret_cast<const DWORD*>(value);
    const timeval time = {static_cast<time_t>(ms / 1000), static_cast<suseconds_t>(ms % 1000 * 1000)};
    return setsockopt(socket, level, name, &time, sizeof time);
}

#define send send_as_winsock
#define setsockopt setsockopt_as_winsock
