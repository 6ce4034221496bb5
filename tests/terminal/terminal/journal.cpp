#include "journal.hpp"

#include <cwchar>

#include "platform.hpp"
#include "text.hpp"

Journal::Journal(const std::wstring& folder) : folder_(folder) {
    for (size_t at = folder.find(L'\\', 3); at != folder.npos; at = folder.find(L'\\', at + 1))
        CreateDirectoryW(folder.substr(0, at).c_str(), nullptr);
}

// Each line of MetaTrader 5's journals starts with two letters, which only its own viewer uses.
std::wstring Journal::head(const SYSTEMTIME& t) {
    wchar_t out[64];
    mark_ = mark_ * 1103515245 + 12345;
    const wchar_t letters[] = {static_cast<wchar_t>(L'A' + mark_ / 65536 % 26), static_cast<wchar_t>(L'A' + mark_ / 1703936 % 26), L'\t', 0};
    swprintf(out, 64, L"%ls0\t%02d:%02d:%02d.%03d\t", IS_MT4 ? L"" : letters, t.wHour, t.wMinute, t.wSecond, t.wMilliseconds);
    return out;
}

static void append(const std::wstring& path, const std::wstring& line) {
    const HANDLE file = CreateFileW(path.c_str(), FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_ALWAYS,
                                    FILE_ATTRIBUTE_NORMAL, nullptr);
    if (file == INVALID_HANDLE_VALUE) return;
    DWORD written;
    if (IS_MT4) {
        const std::string plain = narrow(line);
        WriteFile(file, plain.data(), static_cast<DWORD>(plain.size()), &written, nullptr);
    } else {
        if (GetFileSize(file, nullptr) == 0) WriteFile(file, L"\xFEFF", 2, &written, nullptr);
        WriteFile(file, line.data(), static_cast<DWORD>(line.size() * 2), &written, nullptr);
    }
    CloseHandle(file);
}

void Journal::write(const std::wstring& source, const std::wstring& text) {
    LockGuard guard(lock_);
    SYSTEMTIME t;
    GetLocalTime(&t);
    wchar_t name[32];
    swprintf(name, 32, L"%04d%02d%02d.log", t.wYear, t.wMonth, t.wDay);
    append(folder_ + name, head(t) + (IS_MT4 ? L"" : source + L"\t") + text + L"\r\n");
}
