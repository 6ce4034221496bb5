#include "program.hpp"

static constexpr size_t EVENTS_KEPT = 1024;
static constexpr DWORD END_WAIT_MS = 3000;

Running::Running(Desk& desk, const std::wstring& module, const std::wstring& title, const std::map<std::string, std::string>& inputs)
    : desk_(desk), module_path_(module), title_(title), symbol_(widen(desk.options.symbol)), inputs_(inputs) {
    started_us_ = static_cast<int64_t>(microseconds());
}

Running::~Running() {
    if (thread_ != nullptr) CloseHandle(thread_);
}

bool Running::load() {
    module_ = LoadLibraryW(module_path_.c_str());
    if (module_ == nullptr) return false;
    const auto create = reinterpret_cast<mql::Create>(reinterpret_cast<void*>(GetProcAddress(module_, "mql_create")));
    program_ = create != nullptr ? create(this) : nullptr;
    if (program_ == nullptr) return false;
    thread_ = CreateThread(nullptr, 0, enter, this, 0, nullptr);
    return thread_ != nullptr;
}

void Running::unload(int reason) {
    reason_ = reason;
    InterlockedExchange(&stopping_, 1);
    {
        Hold hold(lock_);
        WakeConditionVariable(&wake_);
    }
    if (thread_ == nullptr) return;
    if (WaitForSingleObject(thread_, END_WAIT_MS) == WAIT_OBJECT_0) {
        program_->destroy();
        FreeLibrary(module_);
        for (const HMODULE dll : dlls_) FreeLibrary(dll);
        return;
    }
    desk_.prints.say(title_, L"abnormal termination");
    TerminateThread(thread_, 1);
}

DWORD WINAPI Running::enter(void* self) {
    static_cast<Running*>(self)->run();
    return 0;
}

void Running::run() {
    if ((program_->handlers() & mql::EV_START) != 0) {
        program_->start();
        return;
    }
    if (program_->init() != 0) {
        desk_.prints.say(title_, L"initialization failed");
        return;
    }
    loop();
    program_->deinit(reason_);
}

void Running::loop() {
    for (;;) {
        const Event event = next();
        if (stopping_ != 0) return;
        handle(event);
    }
}

void Running::handle(const Event& event) {
    const int wanted = program_->handlers();
    if (event.kind == mql::EV_TICK && (wanted & mql::EV_TICK) != 0) program_->tick();
    if (event.kind == mql::EV_TIMER && (wanted & mql::EV_TIMER) != 0) program_->timer_();
    if (event.kind == mql::EV_TRADE && (wanted & mql::EV_TRADE) != 0) program_->trade(event.transaction);
}

// A waiting event, or the timer's turn; an empty one when it shall stop.
Running::Event Running::next() {
    Hold hold(lock_);
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
        SleepConditionVariableSRW(&wake_, lock_.raw(), patience(now), 0);
    }
    return event;
}

// How long nothing can be due.
DWORD Running::patience(ULONGLONG now) const {
    DWORD out = timer_ms_ != 0 ? static_cast<DWORD>(timer_due_ - now) : INFINITE;
    if (!queue_.empty() && queue_.front().due - now < out) out = static_cast<DWORD>(queue_.front().due - now);
    return out;
}

void Running::post(const mql::Transaction& transaction) {
    Hold hold(lock_);
    if (queue_.size() >= EVENTS_KEPT) {
        if (!overflowed_) desk_.prints.say(title_, L"too many events, some were lost");
        overflowed_ = true;
        return;
    }
    queue_.push_back({mql::EV_TRADE, transaction, GetTickCount64() + desk_.events_late_ms});
    WakeConditionVariable(&wake_);
}

// At most one tick waits; trade events are never joined.
void Running::tick(const std::wstring& symbol) {
    Hold hold(lock_);
    if (symbol != symbol_ || tick_waiting_ || queue_.size() >= EVENTS_KEPT) return;
    tick_waiting_ = true;
    queue_.push_back({mql::EV_TICK, {}, 0});
    WakeConditionVariable(&wake_);
}
