// Random numbers and texts: mostly plausible ones, some that break careless code. A seed gives the same run again.
#pragma once
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

class Chance {
  public:
    explicit Chance(uint64_t seed) : state_(seed) {}

    uint64_t bits() {
        uint64_t mixed = state_ += 0x9E3779B97F4A7C15ULL;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
        return mixed ^ (mixed >> 31);
    }
    size_t below(size_t limit) { return static_cast<size_t>(bits() % limit); }
    bool one_in(size_t count) { return below(count) == 0; }

    template <class Value>
    Value pick(const std::vector<Value>& values) {
        return values[below(values.size())];
    }

    int64_t whole() {
        static const std::vector<int64_t> known = {0, 1, 2, -1, 100, 1000000, 100000000, INT32_MAX, INT32_MIN, 1LL << 31, 1LL << 32,
                                                   INT64_MAX, INT64_MIN, 1772000000000};
        return one_in(3) ? static_cast<int64_t>(bits()) : pick(known);
    }

    double price() {
        static const std::vector<double> known = {0.0, 1.1, 1.1001, 0.00001, 12345.678, -1.0, 1e308, -1e308, 5e-324, 1.0 / 0.0, -1.0 / 0.0, 0.0 / 0.0};
        if (!one_in(4)) return known[1] + static_cast<double>(below(100)) * 0.00001;
        return pick(known);
    }

    // As many bytes as a text field has. The text may fill the field, be cut inside a character, or be invalid UTF-8.
    std::string text(size_t size) {
        static const std::vector<std::string> known = {"EURUSD", "", "XAUUSD.m", "from #12345678", "\xC3\xA9t\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x92\xA9",
                                                       "\xC0\x80", "\xED\xA0\x80", "\xFF\xFE", "\xE2\x82", "\xF4\x90\x80\x80", "\xE0\x80\x80", "\xF0\x80\x80\x80"};
        std::string made = pick(known);
        while (one_in(2)) made += pick(known);
        if (one_in(8)) made += std::string(size, 'x');
        if (one_in(8)) made.insert(below(made.size() + 1), pick(known));
        made.resize(size, '\0');
        if (one_in(8))
            for (size_t i = size / 2; i < size; i++) made[i] = static_cast<char>(bits());
        return made;
    }

  private:
    uint64_t state_;
};
