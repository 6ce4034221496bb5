// Encodings, and the key=value lines that the terminal and the test broker exchange.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

std::wstring widen(const std::string& utf8);
std::string narrow(const std::wstring& wide);
std::string lower(std::string text);
std::string trim(const std::string& text);
std::vector<std::string> split(const std::string& text, char by);

// Reads a file in ASCII, UTF-8 or UTF-16LE (with or without a byte order mark) as UTF-8. False if it cannot be read.
bool read_text(const std::wstring& path, std::string& out);

// `VERB<tab>key=value<tab>…`; in values %, tab and line ends are percent-encoded.
struct Line {
    std::string verb;
    std::map<std::string, std::string> fields;

    std::string text(const char* key) const;
    int64_t integer(const char* key) const;
    uint64_t natural(const char* key) const;
    double real(const char* key) const;
    double lots(const char* key) const;  // from whole numbers of 1e-8
};

Line parse_line(const std::string& raw);
std::string field(const char* key, const std::string& value);
std::string field(const char* key, int64_t value);
std::string field(const char* key, double value);

template <size_t N>
void put(wchar_t (&out)[N], const std::string& utf8) {
    const std::wstring wide = widen(utf8);
    const size_t count = wide.copy(out, N - 1);
    out[count] = 0;
}
