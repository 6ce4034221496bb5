// The programs of a terminal: which ones run, and who hears of what.
#pragma once
#include <memory>
#include <vector>

#include "program.hpp"

class Floor {
  public:
    explicit Floor(Desk& desk) : desk_(desk) {}
    void start_all();
    void stop_all(int reason);
    void deliver(const mql::Transaction& transaction);
    void ticked(const std::wstring& symbol);

  private:
    void start_expert();
    void start_service(const Service& service);
    void start(const std::wstring& module, const std::wstring& what, const std::wstring& title,
               const std::map<std::string, std::string>& inputs);

    Desk& desk_;
    Lock lock_;
    std::vector<std::unique_ptr<Running>> running_;
};
