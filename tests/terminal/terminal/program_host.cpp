#include "program_host.hpp"

#include "traps.hpp"

void ProgramHost::start_all() {
    const Options& o = context_.options;
    // As in MetaTrader, a chart of a symbol that the broker does not have is not opened, and nothing is said of that.
    const bool has_chart = !o.symbol.empty() && !has_no_chart(o.home, o.symbol);
    if (has_chart && !o.expert.empty()) start_expert();
    if (has_chart && !o.script.empty()) start_script();
    for (const Service& service : context_.options.services)
        if (service.enabled) start_service(service);
}

void ProgramHost::start_expert() {
    const Options& o = context_.options;
    const std::wstring name = widen(o.expert.substr(o.expert.find_last_of('\\') + 1));
    const std::wstring chart = L" (" + widen(o.symbol) + L"," + widen(o.period.empty() ? "M1" : o.period) + L")";
    start(o.home + L"MQL5\\Experts\\" + widen(o.expert) + L".ex5", L"expert " + name + chart, name + chart,
          read_preset(o, o.expert_parameters));
}

void ProgramHost::start_script() {
    const Options& o = context_.options;
    const std::wstring name = widen(o.script.substr(o.script.find_last_of('\\') + 1));
    const std::wstring chart = L" " + widen(o.symbol) + L"," + widen(o.period.empty() ? "M1" : o.period);
    start(o.home + L"MQL4\\Scripts\\" + widen(o.script) + L".ex4", L"Script " + name + chart + L":", name + chart,
          read_preset(o, o.script_parameters));
}

void ProgramHost::start_service(const Service& service) {
    start(context_.options.home + L"MQL5\\" + widen(service.path), L"service " + widen(service.name), widen(service.name), service.inputs);
}

void ProgramHost::start(const std::wstring& module, const std::wstring& what, const std::wstring& title,
                        const std::map<std::string, std::string>& inputs) {
    auto program = std::make_unique<RunningProgram>(context_, module, title, inputs);
    const bool loaded = program->load();
    const std::wstring line = what + (loaded ? L" loaded successfully" : L" loading failed");
    context_.journal.write(L"Experts", line);
    context_.prints.write(L"Experts", line);
    LockGuard guard(lock_);
    // Kept even if it failed to load: its module may still be mapped.
    programs_.push_back(std::move(program));
}

void ProgramHost::stop_all(int reason) {
    std::vector<std::unique_ptr<RunningProgram>> ending;
    {
        LockGuard guard(lock_);
        ending.swap(programs_);
    }
    for (const auto& program : ending) program->unload(reason);
    // Not freed: a thread that was ended by force may hold locks and heap. The process ends right after this.
    for (auto& program : ending) program.release();
}

void ProgramHost::deliver(const mql::Transaction& transaction) {
    LockGuard guard(lock_);
    for (const auto& program : programs_) program->post(transaction);
}

void ProgramHost::ticked(const std::wstring& symbol) {
    LockGuard guard(lock_);
    for (const auto& program : programs_) program->tick(symbol);
}
