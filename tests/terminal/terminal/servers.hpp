// config\servers.dat: which access point a server's name stands for. Opaque like the real one: a head, then lines
// `name<tab>host<tab>port` with every byte xored.
#pragma once
#include <string>

struct AccessPoint {
    std::string host;
    int port = 0;
};

// False where the file does not know the name.
bool find_server(const std::wstring& home, const std::string& name, AccessPoint& out);
