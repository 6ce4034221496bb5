#include "options.hpp"

#include "platform.hpp"
#include "text.hpp"

using Sections = std::map<std::string, std::map<std::string, std::string>>;

static bool key_value(const std::string& line, std::string& key, std::string& value) {
    const size_t equals = line.find('=');
    if (equals == line.npos || line[0] == ';') return false;
    key = trim(line.substr(0, equals));
    value = trim(line.substr(equals + 1));
    return !key.empty();
}

static Sections parse_ini(const std::string& text) {
    Sections out;
    std::string section, key, value;
    for (const std::string& raw : split(text, '\n')) {
        const std::string line = trim(raw);
        if (line.size() > 1 && line.front() == '[' && line.back() == ']') section = lower(line.substr(1, line.size() - 2));
        else if (key_value(line, key, value)) out[section][lower(key)] = value;
    }
    return out;
}

static bool enabled(const Sections& ini, const char* key) {
    const auto section = ini.find("experts");
    if (section == ini.end()) return false;
    const auto found = section->second.find(key);
    return found != section->second.end() && found->second == "1";
}

static std::string value_of(const Sections& ini, const char* section, const char* key) {
    const auto found = ini.find(section);
    if (found == ini.end()) return "";
    const auto value = found->second.find(key);
    return value == found->second.end() ? "" : value->second;
}

// `<service>` blocks with `<inputs>` blocks inside.
static std::vector<Service> parse_services(const std::string& text) {
    std::vector<Service> out;
    bool in_service = false, in_inputs = false;
    std::string key, value;
    for (const std::string& raw : split(text, '\n')) {
        const std::string line = trim(raw);
        if (line == "<service>") {
            out.emplace_back();
            in_service = true;
        } else if (line == "</service>") {
            in_service = false;
        } else if (line == "<inputs>" || line == "</inputs>") {
            in_inputs = line == "<inputs>";
        } else if (in_service && key_value(line, key, value)) {
            if (in_inputs) out.back().inputs[key] = value;
            else if (key == "name") out.back().name = value;
            else if (key == "path") out.back().path = value;
            else if (key == "enabled") out.back().enabled = value == "1";
        }
    }
    return out;
}

// The proxy that a section names, if it is switched on.
static ProxyOptions read_proxy(const Sections& ini, const char* section) {
    ProxyOptions proxy;
    const auto text = [&](const char* key) { return value_of(ini, section, key); };
    if (text("proxyenable") != (IS_MT4 ? "true" : "1")) return proxy;
    proxy.type = text("proxytype") == (IS_MT4 ? "SOCKS5" : "1") ? ProxyOptions::Type::SOCKS5 : ProxyOptions::Type::HTTP;
    const std::string server = text("proxyserver");
    const size_t colon = server.rfind(':');
    proxy.point.host = server.substr(0, colon);
    proxy.point.port = colon == server.npos ? 0 : atoi(server.c_str() + colon + 1);
    proxy.login = text("proxylogin");
    proxy.password = text("proxypassword");
    return proxy;
}

// MT4's keys stand in no section.
static void take_mt4(Options& options, const Sections& ini) {
    const auto text = [&](const char* key) { return value_of(ini, "", key); };
    options.login = text("login");
    options.password = text("password");
    options.server = text("server");
    options.allow_live = text("expertstrades") == "true";
    options.allow_dll = text("expertsdllimport") == "true";
    options.experts_enabled = text("expertsenable") == "true";
    options.proxy = read_proxy(ini, "");
    options.script = text("script");
    options.script_parameters = text("scriptparameters");
    options.symbol = text("symbol");
    options.period = text("period");
}

static void take_config(Options& options, const Sections& ini) {
    options.login = value_of(ini, "common", "login");
    options.password = value_of(ini, "common", "password");
    options.server = value_of(ini, "common", "server");
    options.allow_live = enabled(ini, "allowlivetrading");
    options.allow_dll = enabled(ini, "allowdllimport");
    options.experts_enabled = enabled(ini, "enabled");
    options.proxy = read_proxy(ini, "common");
    options.expert = value_of(ini, "startup", "expert");
    options.expert_parameters = value_of(ini, "startup", "expertparameters");
    options.symbol = value_of(ini, "startup", "symbol");
    options.period = value_of(ini, "startup", "period");
}

Options read_options(const std::wstring& home, const std::vector<std::wstring>& arguments) {
    Options options;
    options.home = home;
    for (const std::wstring& argument : arguments) {
        if (argument == L"/portable") options.portable = true;
        if (!IS_MT4 && argument.compare(0, 8, L"/config:") == 0) options.config_path = argument.substr(8);
        if (IS_MT4 && argument[0] != L'/') options.config_path = argument;
    }
    std::string text;
    if (!options.config_path.empty() && read_text(options.config_path, text)) {
        options.config_read = true;
        IS_MT4 ? take_mt4(options, parse_ini(text)) : take_config(options, parse_ini(text));
    }
    std::string services;
    if (!IS_MT4 && read_text(home + L"config\\services.ini", services)) options.services = parse_services(services);
    return options;
}

std::map<std::string, std::string> read_preset(const Options& options, const std::string& name) {
    std::map<std::string, std::string> out;
    std::string text, key, value;
    if (name.empty() || !read_text(options.home + MQL_FOLDER + L"Presets\\" + widen(name), text)) return out;
    for (const std::string& line : split(text, '\n'))
        if (key_value(trim(line), key, value)) out[key] = value.substr(0, value.find("||"));
    return out;
}
