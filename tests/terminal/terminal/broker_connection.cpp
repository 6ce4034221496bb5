#include <winsock2.h>
#include <ws2tcpip.h>

#include "broker_connection.hpp"

#include "../runtime/constants.hpp"
#include "platform.hpp"

static constexpr uint32_t UNANSWERED = IS_MT4 ? static_cast<uint32_t>(mql::ERR_TRADE_TIMEOUT) : static_cast<uint32_t>(mql::TRADE_RETCODE_TIMEOUT);
static constexpr DWORD SILENCE_MS = 10000;  // the broker sends its time every second, so longer silence means that it is gone

BrokerConnection::BrokerConnection(const Options& options, AccountState& account, Journal& journal, Deliver deliver, Ticked ticked)
    : options_(options), account_(account), journal_(journal), deliver_(std::move(deliver)), ticked_(std::move(ticked)) {}

void BrokerConnection::run() {
    AccessPoint point;
    // As in MetaTrader, a server that servers.dat does not have leaves no line in the journal.
    if (options_.login.empty() || options_.password.empty() || !find_server(options_.home, options_.server, point)) return;
    int pause_ms = 200;
    while (stopping_ == 0 && !refused_) {
        if (connect_to(point)) {
            pause_ms = 200;
            while (stopping_ == 0 && receive()) {
            }
            close_lost();
        }
        for (int waited = 0; waited < pause_ms && stopping_ == 0; waited += 50) Sleep(50);
        pause_ms = pause_ms < 3000 ? pause_ms * 2 : 5000;
    }
}

void BrokerConnection::stop() {
    InterlockedExchange(&stopping_, 1);
    LockGuard guard(send_lock_);
    if (socket_ != INVALID_SOCKET) shutdown(socket_, SD_BOTH);
}

static SOCKET open_direct(const AccessPoint& point) {
    addrinfo hints = {};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(point.host.c_str(), std::to_string(point.port).c_str(), &hints, &found) != 0) return INVALID_SOCKET;
    SOCKET made = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (made != INVALID_SOCKET && connect(made, found->ai_addr, static_cast<int>(found->ai_addrlen)) != 0) {
        closesocket(made);
        made = INVALID_SOCKET;
    }
    freeaddrinfo(found);
    return made;
}

static SOCKET open_socket(const AccessPoint& broker, const ProxyOptions& proxy) {
    const bool through = proxy.type != ProxyOptions::Type::NONE;
    const SOCKET made = open_direct(through ? proxy.point : broker);
    if (made == INVALID_SOCKET) return made;
    const BOOL on = TRUE;
    const DWORD silence = SILENCE_MS;
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&on), sizeof on);
    setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<const char*>(&silence), sizeof silence);
    if (!through || pass_proxy(made, proxy, broker)) return made;
    closesocket(made);
    return INVALID_SOCKET;
}

bool BrokerConnection::connect_to(const AccessPoint& point) {
    const SOCKET made = open_socket(point, options_.proxy);
    if (made == INVALID_SOCKET) return false;
    {
        LockGuard guard(send_lock_);
        socket_ = made;
    }
    pending_.clear();
    account_.begin_login(options_.server);
    return send("LOGIN" + field("login", options_.login) + field("password", options_.password));
}

bool BrokerConnection::send(const std::string& line) {
    LockGuard guard(send_lock_);
    if (socket_ == INVALID_SOCKET) return false;
    const std::string whole = line + "\n";
    return ::send(socket_, whole.data(), static_cast<int>(whole.size()), 0) == static_cast<int>(whole.size());
}

bool BrokerConnection::receive() {
    char block[16384];
    const int got = recv(socket_, block, sizeof block, 0);
    if (got <= 0) return false;
    pending_.append(block, static_cast<size_t>(got));
    size_t from = 0;
    for (size_t end; (end = pending_.find('\n', from)) != pending_.npos; from = end + 1)
        if (!handle_line(pending_.substr(from, end - from))) return false;
    pending_.erase(0, from);
    return true;
}

bool BrokerConnection::handle_line(const std::string& raw) {
    const Line line = parse_line(raw);
    if (line.verb == "REFUSED") {
        network(L": authorization on " + widen(options_.server) + L" failed (" + widen(line.text("reason")) + L")");
        refused_ = true;
        return false;
    }
    if (line.verb == "WELCOME") log_authorized(line);
    std::vector<mql::Transaction> transactions;
    account_.apply(line, transactions);
    if (line.verb == "SYNCED") log_synchronized();
    for (const mql::Transaction& transaction : transactions) deliver_(transaction);
    if (line.verb == "TICK") ticked_(widen(line.text("symbol")));
    return true;
}

void BrokerConnection::log_authorized(const Line& line) {
    authorized_ = true;
    company_ = widen(line.text("company"));
    mode_ = line.text("mode");
    demo_ = line.text("demo");
    network(L": authorized on " + widen(options_.server) + L" through " + widen(line.text("access")) + L" (ping: 1.00 ms, build " + std::to_wstring(BUILD) + L")");
}

void BrokerConnection::log_synchronized() {
    wchar_t counts[96];
    swprintf(counts, 96, L": %u positions, %u orders, %u symbols, 0 spreads", static_cast<unsigned>(account_.position_count()),
             static_cast<unsigned>(account_.orders().size()), static_cast<unsigned>(account_.symbol_count()));
    account_.set_connected(true);
    network(L": previous successful authorization performed from 127.0.0.1");
    network(L": terminal synchronized with " + company_ + counts);
    const std::wstring kind = mode_ == "hedging" ? L"hedging mode" : L"netting mode";
    network(L": trading has been enabled - " + kind + (demo_ == "1" ? L", demo account" : L""));
}

void BrokerConnection::close_lost() {
    {
        LockGuard guard(send_lock_);
        closesocket(socket_);
        socket_ = INVALID_SOCKET;
    }
    account_.set_connected(false);
    if (authorized_ && stopping_ == 0) network(L": connection to " + widen(options_.server) + L" lost");
    authorized_ = false;
    std::vector<mql::Transaction> unanswered;
    account_.answer_all(UNANSWERED, unanswered);
    for (const mql::Transaction& transaction : unanswered) deliver_(transaction);
}
