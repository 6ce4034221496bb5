// MQL's types in C++.
#pragma once
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace mql {

using int8 = int8_t;
using uchar = unsigned char;
using ushort = uint16_t;
using uint = uint32_t;
using int64 = int64_t;
using uint64 = uint64_t;
using datetime = int64_t;
using color = uint32_t;
enum { CP_UTF8 = 65001 };

struct critical {  // an error that ends the program, as a critical error does in MetaTrader
    const wchar_t* what;
};

class string {
  public:
    string() = default;
    string(std::nullptr_t) {}
    string(const wchar_t* text) : text_(text != nullptr ? text : L"") {}
    string(const std::wstring& text) : text_(text) {}
    operator const wchar_t*() const { return text_.c_str(); }
    string& operator+=(const string& other) {
        text_ += other.text_;
        return *this;
    }
    friend string operator+(const string& a, const string& b) { return string(a.text_ + b.text_); }
    friend bool operator==(const string& a, const string& b) { return a.text_ == b.text_; }
    friend bool operator!=(const string& a, const string& b) { return a.text_ != b.text_; }
    const std::wstring& wide() const { return text_; }

  private:
    std::wstring text_;
};

template <class T>
class Array {
  public:
    T& operator[](int64 index) { return items_[checked(index)].value; }
    const T& operator[](int64 index) const { return items_[checked(index)].value; }
    int size() const { return static_cast<int>(items_.size()); }
    int resize(int count) {
        items_.resize(static_cast<size_t>(count));
        return count;
    }

  private:
    struct Item {  // a vector of bool would hold bits, which cannot be referred to
        T value{};
    };
    size_t checked(int64 index) const {
        if (index < 0 || static_cast<size_t>(index) >= items_.size()) throw critical{L"array out of range"};
        return static_cast<size_t>(index);
    }
    std::vector<Item> items_;
};

struct MqlTradeTransaction {
    uint64 deal = 0, order = 0, position = 0;
    string symbol;
    int type = 0, deal_type = 0, order_type = 0, order_state = 0;
    double price = 0, volume = 0, price_sl = 0, price_tp = 0;
};

struct MqlTradeRequest {
    int action = 0, type = 0, type_filling = 0, type_time = 0;
    uint64 magic = 0, position = 0, order = 0, deviation = 0;
    string symbol, comment;
    double volume = 0, price = 0, stoplimit = 0, sl = 0, tp = 0;
    datetime expiration = 0;
};

struct MqlTradeResult {
    uint retcode = 0, request_id = 0;
    uint64 deal = 0, order = 0;
    double volume = 0, price = 0;
    string comment;
};

struct MqlTick {
    datetime time = 0;
    double bid = 0, ask = 0;
    int64 time_msc = 0;
};

}  // namespace mql
