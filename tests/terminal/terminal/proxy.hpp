// The way to the broker through a proxy, as the keys Proxy… of the start file say: SOCKS5 and HTTP. Never around it.
#pragma once
#include <winsock2.h>

#include <string>

#include "servers.hpp"

struct ProxyOptions {
    enum class Type { NONE, SOCKS5, HTTP };
    Type type = Type::NONE;
    AccessPoint point;
    std::string login, password;
};

// Asks the proxy at the other end of a socket for a connection to the broker. False if it gives none.
bool pass_proxy(SOCKET proxy, const ProxyOptions& options, const AccessPoint& broker);
