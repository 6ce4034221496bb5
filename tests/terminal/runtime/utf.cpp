// Conversions between UTF-8 and UTF-16. Linked into every program module.
#include "text.hpp"

namespace mql {

static void put_utf8(std::string& out, uint32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
        return;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static constexpr uint32_t LEAD[] = {0, 0xC0, 0xE0, 0xF0};
    out += static_cast<char>(LEAD[more] | (c >> (6 * more)));
    for (int i = more - 1; i >= 0; i--) out += static_cast<char>(0x80 | (c >> (6 * i) & 0x3F));
}

std::string to_utf8(const std::wstring& text) {
    std::string out;
    for (size_t i = 0; i < text.size(); i++) {
        uint32_t c = static_cast<uint16_t>(text[i]);
        if (c >= 0xD800 && c < 0xDC00 && i + 1 < text.size())
            c = 0x10000 + ((c - 0xD800) << 10) + (static_cast<uint16_t>(text[++i]) - 0xDC00);
        put_utf8(out, c);
    }
    return out;
}

static void put_utf16(std::wstring& out, uint32_t c) {
    if (c < 0x10000) {
        out += static_cast<wchar_t>(c);
        return;
    }
    out += static_cast<wchar_t>(0xD800 + ((c - 0x10000) >> 10));
    out += static_cast<wchar_t>(0xDC00 + ((c - 0x10000) & 0x3FF));
}

std::wstring from_utf8(const char* text, size_t size) {
    std::wstring out;
    for (size_t i = 0; i < size;) {
        const auto lead = static_cast<unsigned char>(text[i++]);
        const int more = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        uint32_t c = more == 0 ? lead : lead & (0x3F >> more);
        for (int k = 0; k < more && i < size; k++) c = c << 6 | (static_cast<unsigned char>(text[i++]) & 0x3F);
        put_utf16(out, c);
    }
    return out;
}

}  // namespace mql
