// The base of every program: its terminal, inputs, imports, arrays, numbers and time.
#pragma once
#include <cmath>
#include <cstring>
#include <cwchar>

#include "abi.hpp"
#include "constants.hpp"
#include "types.hpp"

#ifdef _WIN64
#define MQL_STDCALL
#else
#define MQL_STDCALL __attribute__((stdcall))
#endif

namespace mql {

struct ProgramBase : Program {
    Terminal* terminal;
    int last_error = 0;
    bool dead = false;

    explicit ProgramBase(Terminal* owner) : terminal(owner) {}
    virtual ~ProgramBase() = default;
    void destroy() override { delete this; }

    // Reads an input. Each is read once, when the program is loaded: they are constants, initialised before the globals.
    template <class V>
    V input_(const wchar_t* name, V standard) {
        wchar_t given[256];
        if (!terminal->input(name, given, 256)) return standard;
        if constexpr (std::is_same<V, string>::value) return string(given);
        else if constexpr (std::is_same<V, bool>::value) return wcscmp(given, L"true") == 0 || wcscmp(given, L"1") == 0;
        else if constexpr (std::is_floating_point<V>::value) return static_cast<V>(wcstod(given, nullptr));
        else return static_cast<V>(wcstoll(given, nullptr, 10));
    }
    template <class F>
    F import_(const wchar_t* dll, const char* name) {
        void* found = terminal->import(dll, name);
        if (found == nullptr) throw critical{L"DLL function not available"};
        return reinterpret_cast<F>(found);
    }

    template <class V>
    int ArrayResize(Array<V>& array, int count, int = 0) { return array.resize(count); }
    template <class V>
    int ArraySize(const Array<V>& array) { return array.size(); }
    template <class V>
    void ZeroMemory(V& value) {
        if constexpr (std::is_trivially_copyable<V>::value) memset(static_cast<void*>(&value), 0, sizeof value);
        else value = V();
    }

    template <class V>
    V MathAbs(V value) { return value < 0 ? -value : value; }
    double MathRound(double value) { return std::round(value); }
    double NormalizeDouble(double value, int digits) {
        const double scale = std::pow(10.0, digits);
        return std::round(value * scale) / scale;
    }

    bool IsStopped() { return terminal->stopped(); }
    void Sleep(int ms) { terminal->sleep(ms); }
    uint64 GetMicrosecondCount() { return terminal->microseconds(); }
    int GetLastError() { return last_error; }
    void ResetLastError() { last_error = 0; }
    bool EventSetMillisecondTimer(int ms) { return terminal->timer(ms); }
    void EventKillTimer() { terminal->timer(0); }

    // Runs an event handler. A critical error ends the program here: an exception must not reach the terminal.
    template <class F>
    void guard(F action) {
        if (dead) return;
        try {
            action();
        } catch (const critical& error) {
            dead = true;
            terminal->log((std::wstring(L"critical error: ") + error.what).c_str());
        }
    }
};

template <class P>
Program* make(Terminal* owner) {
    try {
        return new P(owner);
    } catch (const critical& error) {
        owner->log((std::wstring(L"cannot load: ") + error.what).c_str());
        return nullptr;
    }
}

}  // namespace mql
