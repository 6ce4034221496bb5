#include "text.hpp"

#include <windows.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>

std::wstring widen(const std::string& utf8) {
    const int size = MultiByteToWideChar(CP_UTF8, 0, utf8.data(), static_cast<int>(utf8.size()), nullptr, 0);
    std::wstring out(static_cast<size_t>(size), L'\0');
    MultiByteToWideChar(CP_UTF8, 0, utf8.data(), static_cast<int>(utf8.size()), out.data(), size);
    return out;
}

std::string narrow(const std::wstring& wide) {
    const int count = static_cast<int>(wide.size());
    const int size = WideCharToMultiByte(CP_UTF8, 0, wide.data(), count, nullptr, 0, nullptr, nullptr);
    std::string out(static_cast<size_t>(size), '\0');
    WideCharToMultiByte(CP_UTF8, 0, wide.data(), count, out.data(), size, nullptr, nullptr);
    return out;
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(tolower(static_cast<unsigned char>(c)));
    return text;
}

std::string trim(const std::string& text) {
    const size_t from = text.find_first_not_of(" \t\r\n");
    const size_t to = text.find_last_not_of(" \t\r\n");
    return from == text.npos ? "" : text.substr(from, to - from + 1);
}

std::vector<std::string> split(const std::string& text, char by) {
    std::vector<std::string> out;
    size_t from = 0;
    for (size_t at; (at = text.find(by, from)) != text.npos; from = at + 1) out.push_back(text.substr(from, at - from));
    out.push_back(text.substr(from));
    return out;
}

static bool read_bytes(const std::wstring& path, std::string& out) {
    FILE* file = _wfopen(path.c_str(), L"rb");
    if (file == nullptr) return false;
    char block[4096];
    for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;) out.append(block, got);
    fclose(file);
    return true;
}

static std::string from_utf16(const std::string& raw) {
    std::wstring wide;
    for (size_t i = 0; i + 1 < raw.size(); i += 2)
        wide += static_cast<wchar_t>(static_cast<uint8_t>(raw[i]) | static_cast<uint8_t>(raw[i + 1]) << 8);
    if (!wide.empty() && wide[0] == 0xFEFF) wide.erase(0, 1);
    return narrow(wide);
}

bool read_text(const std::wstring& path, std::string& out) {
    std::string raw;
    if (!read_bytes(path, raw)) return false;
    const bool marked = raw.size() > 1 && raw[0] == '\xFF' && raw[1] == '\xFE';
    if (marked || (raw.size() > 1 && raw[1] == 0)) {
        out = from_utf16(raw);
        return true;
    }
    out = raw.compare(0, 3, "\xEF\xBB\xBF") == 0 ? raw.substr(3) : raw;
    return true;
}

static std::string encode(const std::string& value) {
    std::string out;
    for (const char c : value) {
        char code[4];
        const bool plain = c != '%' && c != '\t' && c != '\r' && c != '\n';
        snprintf(code, sizeof code, "%%%02X", static_cast<uint8_t>(c));
        out += plain ? std::string(1, c) : code;
    }
    return out;
}

static std::string decode(const std::string& value) {
    std::string out;
    for (size_t i = 0; i < value.size(); i++) {
        if (value[i] == '%' && i + 2 < value.size()) {
            out += static_cast<char>(strtol(value.substr(i + 1, 2).c_str(), nullptr, 16));
            i += 2;
        } else {
            out += value[i];
        }
    }
    return out;
}

Line parse_line(const std::string& raw) {
    Line line;
    bool first = true;
    for (const std::string& part : split(raw, '\t')) {
        const size_t equals = part.find('=');
        if (first) line.verb = part;
        else if (equals != part.npos) line.fields[part.substr(0, equals)] = decode(part.substr(equals + 1));
        first = false;
    }
    return line;
}

std::string Line::text(const char* key) const {
    const auto found = fields.find(key);
    return found == fields.end() ? "" : found->second;
}

int64_t Line::integer(const char* key) const { return strtoll(text(key).c_str(), nullptr, 10); }
uint64_t Line::natural(const char* key) const { return strtoull(text(key).c_str(), nullptr, 10); }
double Line::real(const char* key) const { return strtod(text(key).c_str(), nullptr); }
double Line::lots(const char* key) const { return static_cast<double>(integer(key)) / 1e8; }

std::string field(const char* key, const std::string& value) { return std::string("\t") + key + "=" + encode(value); }
std::string field(const char* key, int64_t value) { return field(key, std::to_string(value)); }

std::string field(const char* key, double value) {
    char text[40];
    snprintf(text, sizeof text, "%.17g", value);
    return field(key, std::string(text));
}
