#include "servers.hpp"

#include <cstdio>
#include <cstdlib>

#include "platform.hpp"
#include "text.hpp"

static constexpr char HEAD[] = "LSTS1\n";
static constexpr char MASK = 0x5A;

static std::wstring file_of(const std::string& name) { return IS_MT4 ? widen(name) + L".srv" : L"servers.dat"; }

bool find_server(const std::wstring& home, const std::string& name, AccessPoint& out) {
    FILE* file = _wfopen((home + L"config\\" + file_of(name)).c_str(), L"rb");
    if (file == nullptr) return false;
    std::string raw(1 << 20, '\0');
    raw.resize(fread(raw.data(), 1, raw.size(), file));
    fclose(file);
    if (raw.compare(0, sizeof HEAD - 1, HEAD) != 0) return false;
    raw.erase(0, sizeof HEAD - 1);
    for (char& c : raw) c ^= MASK;
    for (const std::string& line : split(raw, '\n')) {
        const auto parts = split(line, '\t');
        if (parts.size() != 3 || parts[0] != name) continue;
        out = {parts[1], atoi(parts[2].c_str())};
        return true;
    }
    return false;
}
