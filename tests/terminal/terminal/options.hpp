// The terminal's configuration: command line, start file, services.ini, presets.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "proxy.hpp"

struct Service {
    std::string name;
    std::string path;  // below MQL5, e.g. Services\Executor.ex5
    bool enabled = false;
    std::map<std::string, std::string> inputs;
};

struct Options {
    std::wstring home;         // the terminal's folder, with a backslash at its end
    std::wstring config_path;  // as given on the command line
    bool portable = false;
    bool config_read = false;
    std::string login, password, server;
    bool allow_live = false, allow_dll = false, experts_enabled = false;
    std::string expert, expert_parameters, symbol, period;
    std::string script, script_parameters;  // MT4
    ProxyOptions proxy;
    std::vector<Service> services;
};

// Reads everything but presets. A boolean is true only as `1` in MetaTrader 5 and only as `true` in MetaTrader 4, whose start file has no
// sections and is named without a switch; anything else is silently false.
Options read_options(const std::wstring& home, const std::vector<std::wstring>& arguments);

// Reads the `Name=Value` lines of a .set file in the presets' folder. Values may end in `||…` (the optimiser's settings), which is cut.
std::map<std::string, std::string> read_preset(const Options& options, const std::string& name);
