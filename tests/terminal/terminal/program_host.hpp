// Starts and stops the MQL programs of a terminal and passes events to them.
#pragma once
#include <memory>
#include <vector>

#include "program.hpp"

class ProgramHost {
  public:
    explicit ProgramHost(TerminalContext& context) : context_(context) {}
    void start_all();
    void stop_all(int reason);
    void deliver(const mql::Transaction& transaction);
    void ticked(const std::wstring& symbol);

  private:
    void start_expert();
    void start_script();
    void start_service(const Service& service);
    void start(const std::wstring& module, const std::wstring& what, const std::wstring& title,
               const std::map<std::string, std::string>& inputs);

    TerminalContext& context_;
    Lock lock_;
    std::vector<std::unique_ptr<RunningProgram>> programs_;
};
