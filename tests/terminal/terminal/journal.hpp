// A journal as MetaTrader writes it, one file a day, tab-separated: UTF-16LE in MetaTrader 5, plain text with fewer columns in MetaTrader 4.
#pragma once
#include <cstdint>
#include <string>

#include "lock.hpp"

class Journal {
  public:
    // `folder` ends with a backslash. It is created if it is missing.
    explicit Journal(const std::wstring& folder);
    void write(const std::wstring& source, const std::wstring& text);

  private:
    std::wstring head(const SYSTEMTIME& t);

    std::wstring folder_;
    uint32_t mark_ = 0;
    Lock lock_;
};
