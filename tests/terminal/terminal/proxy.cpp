#include "proxy.hpp"

static constexpr size_t LONGEST_HEAD = 16384;

static bool send_all(SOCKET to, const std::string& bytes) {
    return ::send(to, bytes.data(), static_cast<int>(bytes.size()), 0) == static_cast<int>(bytes.size());
}

static bool receive_all(SOCKET from, std::string& bytes, size_t count) {
    bytes.assign(count, 0);
    for (size_t got = 0; got < count;) {
        const int more = recv(from, &bytes[got], static_cast<int>(count - got), 0);
        if (more <= 0) return false;
        got += static_cast<size_t>(more);
    }
    return true;
}

static std::string byte(size_t value) { return std::string(1, static_cast<char>(value)); }
static std::string counted(const std::string& text) { return byte(text.size()) + text; }

// RFC 1928, and RFC 1929 for the login.
static bool pass_socks5(SOCKET proxy, const ProxyOptions& options, const AccessPoint& broker) {
    std::string answer;
    const std::string methods = options.login.empty() ? byte(0) : byte(0) + byte(2);
    if (!send_all(proxy, byte(5) + counted(methods)) || !receive_all(proxy, answer, 2) || answer[0] != 5) return false;
    if (answer[1] == 2) {
        if (!send_all(proxy, byte(1) + counted(options.login) + counted(options.password)) || !receive_all(proxy, answer, 2) || answer[1] != 0) return false;
    } else if (answer[1] != 0) {
        return false;
    }
    const size_t port = static_cast<size_t>(broker.port);
    if (!send_all(proxy, byte(5) + byte(1) + byte(0) + byte(3) + counted(broker.host) + byte(port >> 8) + byte(port & 255))) return false;
    if (!receive_all(proxy, answer, 4) || answer[1] != 0) return false;
    // What address the proxy uses is no business of the terminal's, but it must be read.
    size_t left = answer[3] == 1 ? 4 : 16;
    if (answer[3] == 3) {
        std::string length;
        if (!receive_all(proxy, length, 1)) return false;
        left = static_cast<unsigned char>(length[0]);
    }
    return receive_all(proxy, answer, left + 2);
}

static std::string base64(const std::string& text) {
    static const char* const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (const char each : text) {
        bits = bits << 8 | static_cast<unsigned char>(each);
        for (count += 8; count >= 6; count -= 6) out += letters[bits >> (count - 6) & 63];
    }
    if (count > 0) out += letters[bits << (6 - count) & 63];
    while (out.size() % 4 != 0) out += '=';
    return out;
}

static bool pass_http(SOCKET proxy, const ProxyOptions& options, const AccessPoint& broker) {
    const std::string where = broker.host + ":" + std::to_string(broker.port);
    std::string head = "CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\n";
    if (!options.login.empty()) head += "Proxy-Authorization: Basic " + base64(options.login + ":" + options.password) + "\r\n";
    if (!send_all(proxy, head + "\r\n")) return false;
    std::string answer, next;
    // Byte by byte: what follows the head is the broker's.
    while (answer.size() < 4 || answer.compare(answer.size() - 4, 4, "\r\n\r\n") != 0) {
        if (answer.size() >= LONGEST_HEAD || !receive_all(proxy, next, 1)) return false;
        answer += next;
    }
    return answer.compare(0, 7, "HTTP/1.") == 0 && answer.size() > 9 && answer[9] == '2';
}

bool pass_proxy(SOCKET proxy, const ProxyOptions& options, const AccessPoint& broker) {
    return options.type == ProxyOptions::Type::SOCKS5 ? pass_socks5(proxy, options, broker) : pass_http(proxy, options, broker);
}
