#pragma once
#include <cstddef>

// Makes a fixed text valid for the other side: a zero at its end, zeros after it, no character cut in two.
void finish_text(char* text, size_t size);

template <size_t N>
void finish_text(char (&text)[N]) {
    finish_text(text, N);
}
