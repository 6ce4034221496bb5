#include "text.hpp"

#include <cstring>

static size_t character_size(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    if (lead >= 0xF0 && lead < 0xF5) return 4;
    return 0;
}

// The second byte of a character has narrower bounds after some leads: no longer form than needed, no surrogate, none beyond U+10FFFF.
static bool may_follow(unsigned char lead, unsigned char second) {
    const unsigned char least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    return second >= least && second <= most;
}

static bool whole(const char* at, size_t count) {
    if (count > 1 && !may_follow(static_cast<unsigned char>(at[0]), static_cast<unsigned char>(at[1]))) return false;
    for (size_t i = 2; i < count; i++)
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
