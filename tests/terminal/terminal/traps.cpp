#include "traps.hpp"

#include <winsock2.h>
#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <map>

#include "text.hpp"

using Traps = std::map<std::string, std::string>;

static Traps read_traps(const std::wstring& home) {
    Traps out;
    std::string text;
    if (!read_text(home + L"traps.ini", text)) return out;
    for (const std::string& line : split(text, '\n'))
        if (const size_t equals = line.find('='); equals != line.npos) out[trim(line.substr(0, equals))] = trim(line.substr(equals + 1));
    return out;
}

static void write_traps(const std::wstring& home, const Traps& traps) {
    FILE* file = _wfopen((home + L"traps.ini").c_str(), L"wb");
    if (file == nullptr) return;
    for (const auto& [key, value] : traps) fprintf(file, "%s=%s\n", key.c_str(), value.c_str());
    fclose(file);
}

static int take_once(const std::wstring& home, const char* key) {
    Traps traps = read_traps(home);
    const auto found = traps.find(key);
    if (found == traps.end()) return 0;
    const int value = atoi(found->second.c_str());
    traps.erase(found);
    write_traps(home, traps);
    return value;
}

int run_early_traps(const std::wstring& home, Journal& journal) {
    if (const int delay = take_once(home, "FirstBootDelayMs"); delay > 0) Sleep(static_cast<DWORD>(delay));
    if (take_once(home, "SelfUpdateOnce") == 0) return 0;
    journal.write(L"LiveUpdate", L"new version build 10000 (IDE: 10000, Tester: 10000) is available");
    journal.write(L"LiveUpdate", L"'mt5onnx64' downloaded successfully (68441 kb)");
    return SELF_UPDATE;
}

unsigned trade_events_late_ms(const std::wstring& home) {
    return static_cast<unsigned>(atoi(read_traps(home)["TradeEventsLateMs"].c_str()));
}

bool has_no_chart(const std::wstring& home, const std::string& symbol) { return read_traps(home)["NoChartOf"] == symbol; }

unsigned trade_timeout_ms(const std::wstring& home) {
    const int given = atoi(read_traps(home)["TradeTimeoutMs"].c_str());
    return given > 0 ? static_cast<unsigned>(given) : 30000;
}

static DWORD WINAPI crash_later(void* delay) {
    Sleep(static_cast<DWORD>(reinterpret_cast<uintptr_t>(delay)));
    TerminateProcess(GetCurrentProcess(), CRASHED);
    return 0;
}

void arm_crash(const std::wstring& home) {
    int delay = take_once(home, "CrashOnceAfterMs");
    if (delay == 0) delay = atoi(read_traps(home)["CrashAfterMs"].c_str());
    if (delay > 0) CloseHandle(CreateThread(nullptr, 0, crash_later, reinterpret_cast<void*>(static_cast<uintptr_t>(delay)), 0, nullptr));
}
