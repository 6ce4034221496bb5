// The access point of each server's name: in config\servers.dat, or MT4's config\NAME.srv, one file for each name. Like MetaTrader's it is not readable: a head, then lines
// `name<tab>host<tab>port` with every byte xored.
#pragma once
#include <string>

struct AccessPoint {
    std::string host;
    int port = 0;
};

// False if the file does not have the name.
bool find_server(const std::wstring& home, const std::string& name, AccessPoint& out);
