// MQL's text functions.
#pragma once
#include <cstring>
#include <cwchar>

#include "core.hpp"

namespace mql {

struct FormatArg {
    char kind;  // s, d (double), i
    int64 integer;
    double real;
    string text;
};

template <class V>
FormatArg format_arg(const V& value) {
    if constexpr (std::is_same<V, string>::value) return {'s', 0, 0, value};
    else if constexpr (std::is_convertible<V, const wchar_t*>::value) return {'s', 0, 0, string(static_cast<const wchar_t*>(value))};
    else if constexpr (std::is_floating_point<V>::value) return {'d', 0, static_cast<double>(value), string()};
    else return {'i', static_cast<int64>(value), 0, string()};
}

inline std::wstring show(const FormatArg& arg) {
    wchar_t out[64];
    if (arg.kind == 's') return arg.text.wide();
    if (arg.kind == 'i') return std::to_wstring(arg.integer);
    swprintf(out, 64, L"%.15g", arg.real);
    return out;
}

// Formats one conversion such as `%5.2f`. A conversion that does not fit its argument ends the program: MQL would print nonsense.
inline std::wstring convert(std::wstring spec, const FormatArg& arg) {
    wchar_t out[512];
    const wchar_t last = spec.back();
    if (last == L's') {
        if (arg.kind != 's') throw critical{L"StringFormat: %s needs a string"};
        return arg.text.wide();
    }
    if (wcschr(L"fgeEG", last) != nullptr) {
        if (arg.kind != 'd') throw critical{L"StringFormat: double needed"};
        swprintf(out, 512, spec.c_str(), arg.real);
        return out;
    }
    if (wcschr(L"diuxX", last) == nullptr || arg.kind != 'i') throw critical{L"StringFormat: integer needed"};
    for (const wchar_t* word : {L"I64", L"ll"})
        if (const size_t at = spec.find(word); at != spec.npos) spec.erase(at, wcslen(word));
    spec.insert(spec.size() - 1, L"ll");
    swprintf(out, 512, spec.c_str(), static_cast<long long>(arg.integer));
    return out;
}

inline std::wstring format(const std::wstring& pattern, const std::vector<FormatArg>& args) {
    std::wstring out;
    size_t next = 0;
    for (size_t i = 0; i < pattern.size(); i++) {
        if (pattern[i] != L'%') {
            out += pattern[i];
            continue;
        }
        if (i + 1 < pattern.size() && pattern[i + 1] == L'%') {
            out += pattern[i++];
            continue;
        }
        const size_t end = pattern.find_first_not_of(L"0123456789+-. #I64lh", i + 1);
        if (end == pattern.npos || next >= args.size()) throw critical{L"StringFormat: arguments do not match"};
        out += convert(pattern.substr(i, end - i + 1), args[next++]);
        i = end;
    }
    return out;
}

std::string to_utf8(const std::wstring& text);
std::wstring from_utf8(const char* text, size_t size);

struct Text : ProgramBase {
    using ProgramBase::ProgramBase;

    template <class... A>
    string StringFormat(const string& pattern, const A&... args) {
        return string(format(pattern.wide(), {format_arg(args)...}));
    }
    template <class... A>
    void Print(const A&... args) {
        std::wstring out;
        for (const FormatArg& arg : std::vector<FormatArg>{format_arg(args)...}) out += show(arg);
        terminal->log(out.c_str());
    }
    int StringFind(const string& text, const string& what, int start = 0) {
        const size_t at = text.wide().find(what.wide(), static_cast<size_t>(start));
        return at == std::wstring::npos ? -1 : static_cast<int>(at);
    }
    int StringLen(const string& text) { return static_cast<int>(text.wide().size()); }
    string StringSubstr(const string& text, int start, int count = -1) {
        const size_t from = static_cast<size_t>(start);
        if (from >= text.wide().size()) return string();
        return string(text.wide().substr(from, count < 0 ? std::wstring::npos : static_cast<size_t>(count)));
    }
    int64 StringToInteger(const string& text) { return wcstoll(text, nullptr, 10); }
    string IntegerToString(int64 value) { return string(std::to_wstring(value)); }

    // Without a count MQL copies the closing zero, too.
    template <int N>
    int StringToCharArray(const string& text, uchar (&out)[N], int start = 0, int count = -1, uint code_page = 0) {
        if (code_page != CP_UTF8) throw critical{L"StringToCharArray: only CP_UTF8 here"};
        const std::string raw = to_utf8(text.wide());
        int size = static_cast<int>(raw.size()) + (count < 0 ? 1 : 0);
        if (count >= 0 && size > count) size = count;
        if (start + size > N) size = N - start;
        memcpy(out + start, raw.c_str(), static_cast<size_t>(size));
        return size;
    }
    template <int N>
    string CharArrayToString(const uchar (&in)[N], int start = 0, int count = -1, uint code_page = 0) {
        if (code_page != CP_UTF8) throw critical{L"CharArrayToString: only CP_UTF8 here"};
        const char* from = reinterpret_cast<const char*>(in) + start;
        return string(from_utf8(from, strnlen(from, static_cast<size_t>(count < 0 ? N - start : count))));
    }
};

}  // namespace mql
