#include "journal.hpp"

#include <cwchar>

Journal::Journal(const std::wstring& folder) : folder_(folder) {
    for (size_t at = folder.find(L'\\', 3); at != folder.npos; at = folder.find(L'\\', at + 1))
        CreateDirectoryW(folder.substr(0, at).c_str(), nullptr);
}

void Journal::write(const std::wstring& source, const std::wstring& text) {
    LockGuard guard(lock_);
    SYSTEMTIME t;
    GetLocalTime(&t);
    wchar_t name[32];
    wchar_t head[64];
    // Each line of MetaTrader's journals starts with two letters, which only its own viewer uses.
    mark_ = mark_ * 1103515245 + 12345;
    swprintf(name, 32, L"%04d%02d%02d.log", t.wYear, t.wMonth, t.wDay);
    swprintf(head, 64, L"%c%c\t0\t%02d:%02d:%02d.%03d\t", L'A' + mark_ / 65536 % 26, L'A' + mark_ / 1703936 % 26, t.wHour, t.wMinute,
             t.wSecond, t.wMilliseconds);
    const std::wstring line = head + source + L"\t" + text + L"\r\n";
    const HANDLE file = CreateFileW((folder_ + name).c_str(), FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_ALWAYS,
                                    FILE_ATTRIBUTE_NORMAL, nullptr);
    if (file == INVALID_HANDLE_VALUE) return;
    DWORD written;
    if (GetFileSize(file, nullptr) == 0) WriteFile(file, L"\xFEFF", 2, &written, nullptr);
    WriteFile(file, line.data(), static_cast<DWORD>(line.size() * 2), &written, nullptr);
    CloseHandle(file);
}
