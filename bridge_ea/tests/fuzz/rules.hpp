// Rules that must hold for any input. A broken one is printed once, and the program ends with 1.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

static std::set<std::string>& broken_rules() {
    static std::set<std::string> broken;
    return broken;
}

static void rule(bool holds, const char* text) {
    if (!holds && broken_rules().insert(text).second) printf("broken: %s\n", text);
}

// For what the test itself needs.
static void require(bool holds, const char* text) {
    if (holds) return;
    printf("missing: %s\n", text);
    exit(2);
}
