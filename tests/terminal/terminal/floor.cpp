#include "floor.hpp"

void Floor::start_all() {
    if (!desk_.options.expert.empty() && !desk_.options.symbol.empty()) start_expert();
    for (const Service& service : desk_.options.services)
        if (service.enabled) start_service(service);
}

void Floor::start_expert() {
    const Options& o = desk_.options;
    const std::wstring name = widen(o.expert.substr(o.expert.find_last_of('\\') + 1));
    const std::wstring chart = L" (" + widen(o.symbol) + L"," + widen(o.period.empty() ? "M1" : o.period) + L")";
    start(o.home + L"MQL5\\Experts\\" + widen(o.expert) + L".ex5", L"expert " + name + chart, name + chart,
          read_preset(o, o.expert_parameters));
}

void Floor::start_service(const Service& service) {
    start(desk_.options.home + L"MQL5\\" + widen(service.path), L"service " + widen(service.name), widen(service.name), service.inputs);
}

void Floor::start(const std::wstring& module, const std::wstring& what, const std::wstring& title,
                  const std::map<std::string, std::string>& inputs) {
    auto program = std::make_unique<Running>(desk_, module, title, inputs);
    const bool loaded = program->load();
    const std::wstring line = what + (loaded ? L" loaded successfully" : L" loading failed");
    desk_.journal.say(L"Experts", line);
    desk_.prints.say(L"Experts", line);
    Hold hold(lock_);
    // Kept also where it failed: its module may still be mapped.
    running_.push_back(std::move(program));
}

void Floor::stop_all(int reason) {
    std::vector<std::unique_ptr<Running>> ending;
    {
        Hold hold(lock_);
        ending.swap(running_);
    }
    for (const auto& program : ending) program->unload(reason);
    // A thread that was ended by force may have left anything behind; the process ends right after this.
    for (auto& program : ending) program.release();
}

void Floor::deliver(const mql::Transaction& transaction) {
    Hold hold(lock_);
    for (const auto& program : running_) program->post(transaction);
}

void Floor::ticked(const std::wstring& symbol) {
    Hold hold(lock_);
    for (const auto& program : running_) program->tick(symbol);
}
