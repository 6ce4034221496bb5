// Stands in for MetaTrader in tests. usage: terminal64.exe /portable /config:C:\path\start.ini (5), terminal.exe C:\path\start.ini /portable (4)
#include <winsock2.h>
#include <windows.h>

#include <shellapi.h>

#include "platform.hpp"
#include "program_host.hpp"
#include "traps.hpp"
#include "window.hpp"

static std::wstring home_folder() {
    wchar_t path[MAX_PATH];
    GetModuleFileNameW(nullptr, path, MAX_PATH);
    const std::wstring whole = path;
    return whole.substr(0, whole.find_last_of(L'\\') + 1);
}

static std::vector<std::wstring> arguments() {
    int count = 0;
    wchar_t** words = CommandLineToArgvW(GetCommandLineW(), &count);
    std::vector<std::wstring> out(words + 1, words + count);
    LocalFree(words);
    return out;
}

static void announce(const Options& options, Journal& journal) {
    journal.write(L"Terminal", ABOUT);
    journal.write(L"Terminal", options.home);
    if (options.config_path.empty()) return;
    if (options.config_read) journal.write(L"Terminal", L"Startup successfully initialized from start config \"" + options.config_path + L"\"");
    else journal.write(L"Terminal", L"cannot load config \"" + options.config_path + L"\"");
}

static DWORD WINAPI run_connection(void* connection) {
    static_cast<BrokerConnection*>(connection)->run();
    return 0;
}

static int run(const Options& options, Journal& journal) {
    Journal prints(options.home + MQL_FOLDER + L"Logs\\");
    AccountState account;
    TerminalContext context{options, account, journal, prints, trade_events_late_ms(options.home), trade_timeout_ms(options.home)};
    ProgramHost programs(context);
    BrokerConnection connection(
        options, account, journal, [&](const mql::Transaction& transaction) { programs.deliver(transaction); },
        [&](const std::wstring& symbol) { programs.ticked(symbol); });
    context.connection = &connection;
    programs.start_all();
    const HANDLE thread = CreateThread(nullptr, 0, run_connection, &connection, 0, nullptr);
    run_window(widen(options.login) + L" - " + widen(options.server));
    programs.stop_all(9);
    connection.stop();
    WaitForSingleObject(thread, 2000);
    journal.write(L"Terminal", L"exit with code 0");
    ExitProcess(0);
}

int WINAPI wWinMain(HINSTANCE, HINSTANCE, wchar_t*, int) {
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    const std::wstring home = home_folder();
    Journal journal(home + L"logs\\");
    if (const int code = run_early_traps(home, journal); code != 0) return code;
    const Options options = read_options(home, arguments());
    announce(options, journal);
    arm_crash(home);
    return run(options, journal);
}
