#include "text.hpp"

#include <cstring>

static size_t character_size(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    if (lead >= 0xF0 && lead < 0xF5) return 4;
    return 0;
}

static bool whole(const char* at, size_t count) {
    for (size_t i = 1; i < count; i++)
        if ((static_cast<unsigned char>(at[i]) & 0xC0) != 0x80) return false;
    return true;
}

void finish_text(char* text, size_t size) {
    text[size - 1] = 0;
    const size_t length = strlen(text);
    size_t end = 0;
    while (end < length) {
        const size_t count = character_size(static_cast<unsigned char>(text[end]));
        if (count == 0 || end + count > length || !whole(text + end, count)) break;
        end += count;
    }
    memset(text + end, 0, size - end);
}
