// A journal as MetaTrader writes it: UTF-16LE, one file a day, tab-separated.
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
    std::wstring folder_;
    uint32_t mark_ = 0;
    Lock lock_;
};
