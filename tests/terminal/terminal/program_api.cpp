// The terminal's functions that a program may call.
#include "../runtime/constants.hpp"
#include "platform.hpp"
#include "program.hpp"

void RunningProgram::log(const wchar_t* text) { context_.prints.write(title_, text); }

void RunningProgram::sleep(int ms) {
    // Wine's GetTickCount64 moves in steps of 16 ms.
    for (const uint64_t end = microseconds() + static_cast<uint64_t>(ms) * 1000; stopping_ == 0 && microseconds() < end;) Sleep(1);
}

bool RunningProgram::timer(int ms) {
    LockGuard guard(lock_);
    timer_ms_ = ms;
    timer_due_ = GetTickCount64() + static_cast<ULONGLONG>(ms);
    WakeConditionVariable(&wake_);
    return true;
}

uint64_t RunningProgram::microseconds() {
    LARGE_INTEGER count;
    LARGE_INTEGER per_second;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&per_second);
    const int64_t us = count.QuadPart / per_second.QuadPart * 1000000 + count.QuadPart % per_second.QuadPart * 1000000 / per_second.QuadPart;
    return static_cast<uint64_t>(us - started_us_);
}

void* RunningProgram::import(const wchar_t* dll, const char* name) {
    if (!context_.options.allow_dll) {
        log(L"DLL loading is not allowed");
        return nullptr;
    }
    const HMODULE found = LoadLibraryW((context_.options.home + MQL_FOLDER + L"Libraries\\" + dll).c_str());
    if (found == nullptr) {
        log((std::wstring(L"cannot load '") + dll + L"' [126]").c_str());
        return nullptr;
    }
    dlls_.push_back(found);
    return reinterpret_cast<void*>(GetProcAddress(found, name));
}

bool RunningProgram::input(const wchar_t* name, wchar_t* out, int size) {
    const auto found = inputs_.find(narrow(name));
    if (found == inputs_.end()) return false;
    const std::wstring value = widen(found->second);
    out[value.copy(out, static_cast<size_t>(size) - 1)] = 0;
    return true;
}

bool RunningProgram::account(mql::Account& out) {
    out = context_.account.figures();
    return out.login != 0;
}

bool RunningProgram::symbol_at(int index, bool selected, mql::Symbol& out) {
    const auto all = context_.account.symbols(selected);
    if (index < 0 || static_cast<size_t>(index) >= all.size()) return false;
    out = all[static_cast<size_t>(index)];
    return true;
}

bool RunningProgram::position_at(int index, mql::Position& out) {
    return index >= 0 && context_.account.position_at(static_cast<size_t>(index), out);
}

template <class T>
static bool item_at(const std::vector<T>& all, int index, T& out) {
    if (index < 0 || static_cast<size_t>(index) >= all.size()) return false;
    out = all[static_cast<size_t>(index)];
    return true;
}

bool RunningProgram::order_at(int index, mql::Order& out) { return item_at(context_.account.orders(), index, out); }

void RunningProgram::select_history(int64_t from_s, int64_t to_s) {
    history_ = context_.account.deals(from_s, to_s);
    past_orders_ = context_.account.past_orders(from_s, to_s);
}

void RunningProgram::select_history_of(uint64_t position) {
    history_ = context_.account.deals_of(position);
    past_orders_.clear();
}

bool RunningProgram::history_at(int index, mql::Deal& out) { return item_at(history_, index, out); }
bool RunningProgram::history_order_at(int index, mql::Order& out) { return item_at(past_orders_, index, out); }

static int64_t units(double lots) { return static_cast<int64_t>(lots * 1e8 + (lots < 0 ? -0.5 : 0.5)); }

static std::string order_line(uint32_t id, const mql::Request& r) {
    return "ORDER" + field("id", static_cast<int64_t>(id)) + field("action", static_cast<int64_t>(r.action)) +
           field("kind", static_cast<int64_t>(r.type)) + field("filling", static_cast<int64_t>(r.type_filling)) +
           field("symbol", narrow(r.symbol)) + field("position", static_cast<int64_t>(r.position)) +
           field("order", static_cast<int64_t>(r.order)) + field("limit", r.stoplimit) + field("expires_msc", r.expiration * 1000) +
           field("magic", static_cast<int64_t>(r.magic)) + field("volume", units(r.volume)) + field("price", r.price) + field("sl", r.sl) +
           field("tp", r.tp) + field("deviation", static_cast<int64_t>(r.deviation)) + field("comment", narrow(r.comment));
}

static bool refuse(mql::Answer& answer, uint32_t retcode, int error) {
    answer.retcode = retcode;
    answer.error = error;
    return false;
}

bool RunningProgram::send(const mql::Request& request, mql::Answer& answer) {
    answer = {};
    if (!trade_allowed()) return refuse(answer, mql::TRADE_RETCODE_CLIENT_DISABLES_AT, mql::ERR_TRADE_DISABLED);
    if (!connected()) return refuse(answer, mql::TRADE_RETCODE_CONNECTION, mql::ERR_TRADE_SEND_FAILED);
    answer.request_id = static_cast<uint32_t>(InterlockedIncrement(&context_.requests));
    context_.account.sent(answer.request_id, request);
    if (!context_.connection->send(order_line(answer.request_id, request)))
        return refuse(answer, mql::TRADE_RETCODE_CONNECTION, mql::ERR_TRADE_SEND_FAILED);
    answer.retcode = mql::TRADE_RETCODE_PLACED;
    return true;
}

const wchar_t* RunningProgram::data_folder() {
    const std::wstring& home = context_.options.home;
    if (data_folder_.empty()) data_folder_ = home.substr(0, home.size() - 1);
    return data_folder_.c_str();
}

static bool fail(mql::Answer& answer, int error) {
    answer.error = error;
    return false;
}

// As in MT4, a terminal has one trade context: while an order waits for its answer, no other is sent.
bool RunningProgram::send_and_wait(const mql::Request& request, mql::Answer& answer) {
    answer = {};
    if (!trade_allowed()) return fail(answer, mql::ERR_TRADE_NOT_ALLOWED);
    if (!connected()) return fail(answer, mql::ERR_NO_CONNECTION);
    if (InterlockedExchange(&context_.context_busy, 1) != 0) return fail(answer, mql::ERR_CONTEXT_BUSY);
    const uint32_t id = static_cast<uint32_t>(InterlockedIncrement(&context_.requests));
    context_.account.sent(id, request);
    const bool out = context_.connection->send(order_line(id, request));
    if (!out || !context_.account.await_answer(id, context_.trade_timeout_ms, answer)) answer.retcode = mql::ERR_TRADE_TIMEOUT;
    InterlockedExchange(&context_.context_busy, 0);
    answer.error = static_cast<int>(answer.retcode);
    return answer.retcode == 0;
}
