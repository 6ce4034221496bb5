// The terminal's journals: UTF-16LE, one file a day, tab-separated like MetaTrader's own.
#pragma once
#include <cstdint>
#include <string>

#include "lock.hpp"

class Journal {
  public:
    // `folder` ends with a backslash; it is made where it is missing.
    explicit Journal(const std::wstring& folder);
    void say(const std::wstring& source, const std::wstring& text);

  private:
    std::wstring folder_;
    uint32_t mark_ = 0;
    Lock lock_;
};
