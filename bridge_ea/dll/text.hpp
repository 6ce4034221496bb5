#pragma once
#include <cstddef>

// Makes a fixed-size text valid on the wire: whole UTF-8 characters, then zeros up to its end.
void finish_text(char* text, size_t size);

template <size_t N>
void finish_text(char (&text)[N]) {
    finish_text(text, N);
}
