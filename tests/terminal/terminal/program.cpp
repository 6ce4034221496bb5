#include "program.hpp"

static constexpr size_t EVENTS_KEPT = 1024;
static constexpr DWORD END_WAIT_MS = 3000;

RunningProgram::RunningProgram(TerminalContext& context, const std::wstring& module, const std::wstring& title,
                               const std::map<std::string, std::string>& inputs)
    : context_(context), module_path_(module), title_(title), symbol_(widen(context.options.symbol)), inputs_(inputs) {
    started_us_ = static_cast<int64_t>(microseconds());
}

RunningProgram::~RunningProgram() {
    if (thread_ != nullptr) CloseHandle(thread_);
}

bool RunningProgram::load() {
    module_ = LoadLibraryW(module_path_.c_str());
    if (module_ == nullptr) return false;
    const auto create = reinterpret_cast<mql::Create>(reinterpret_cast<void*>(GetProcAddress(module_, "mql_create")));
    program_ = create != nullptr ? create(this) : nullptr;
    if (program_ == nullptr) return false;
    thread_ = CreateThread(nullptr, 0, thread_main, this, 0, nullptr);
    return thread_ != nullptr;
}

void RunningProgram::unload(int reason) {
    reason_ = reason;
    InterlockedExchange(&stopping_, 1);
    {
        LockGuard guard(lock_);
        WakeConditionVariable(&wake_);
    }
    if (thread_ == nullptr) return;
    if (WaitForSingleObject(thread_, END_WAIT_MS) == WAIT_OBJECT_0) {
        program_->destroy();
        FreeLibrary(module_);
        for (const HMODULE dll : dlls_) FreeLibrary(dll);
        return;
    }
    context_.prints.write(title_, L"abnormal termination");
    TerminateThread(thread_, 1);
}

DWORD WINAPI RunningProgram::thread_main(void* self) {
    static_cast<RunningProgram*>(self)->run();
    return 0;
}

void RunningProgram::run() {
    if ((program_->handlers() & mql::EV_START) != 0) {
        program_->start();
        return;
    }
    if (program_->init() != 0) {
        context_.prints.write(title_, L"initialization failed");
        return;
    }
    loop();
    program_->deinit(reason_);
}

void RunningProgram::loop() {
    for (;;) {
        const Event event = next();
        if (stopping_ != 0) return;
        handle(event);
    }
}

void RunningProgram::handle(const Event& event) {
    const int wanted = program_->handlers();
    if (event.kind == mql::EV_TICK && (wanted & mql::EV_TICK) != 0) program_->tick();
    if (event.kind == mql::EV_TIMER && (wanted & mql::EV_TIMER) != 0) program_->timer_();
    if (event.kind == mql::EV_TRADE && (wanted & mql::EV_TRADE) != 0) program_->trade(event.transaction);
}

// Waits for the next event: one from the queue, or the timer. An empty one means that the program must stop.
RunningProgram::Event RunningProgram::next() {
    LockGuard guard(lock_);
    Event event;
    while (stopping_ == 0) {
        const ULONGLONG now = GetTickCount64();
        if (!queue_.empty() && queue_.front().due <= now) {
            event = queue_.front();
            queue_.pop_front();
            if (event.kind == mql::EV_TICK) tick_waiting_ = false;
            break;
        }
        if (timer_ms_ != 0 && now >= timer_due_) {
            timer_due_ = now + static_cast<ULONGLONG>(timer_ms_);
            event.kind = mql::EV_TIMER;
            break;
        }
        SleepConditionVariableSRW(&wake_, lock_.raw(), wait_ms(now), 0);
    }
    return event;
}

// How long to wait until the timer or the first event of the queue is due.
DWORD RunningProgram::wait_ms(ULONGLONG now) const {
    DWORD out = timer_ms_ != 0 ? static_cast<DWORD>(timer_due_ - now) : INFINITE;
    if (!queue_.empty() && queue_.front().due - now < out) out = static_cast<DWORD>(queue_.front().due - now);
    return out;
}

void RunningProgram::post(const mql::Transaction& transaction) {
    if (IS_MT4) return;  // no events of trades there
    LockGuard guard(lock_);
    if (queue_.size() >= EVENTS_KEPT) {
        if (!overflowed_) context_.prints.write(title_, L"too many events, some were lost");
        overflowed_ = true;
        return;
    }
    queue_.push_back({mql::EV_TRADE, transaction, GetTickCount64() + context_.events_late_ms});
    WakeConditionVariable(&wake_);
}

// As in MetaTrader, at most one tick waits in the queue; trade events are never merged.
void RunningProgram::tick(const std::wstring& symbol) {
    LockGuard guard(lock_);
    if (symbol != symbol_ || tick_waiting_ || queue_.size() >= EVENTS_KEPT) return;
    tick_waiting_ = true;
    queue_.push_back({mql::EV_TICK, {}, 0});
    WakeConditionVariable(&wake_);
}
