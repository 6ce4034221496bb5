#include <winsock2.h>
#include <ws2tcpip.h>

#include "broker_link.hpp"

#include "../runtime/constants.hpp"

static constexpr DWORD SILENCE_MS = 10000;  // the broker sends the time every second

BrokerLink::BrokerLink(const Options& options, Book& book, Journal& journal, Deliver deliver, Ticked ticked)
    : options_(options), book_(book), journal_(journal), deliver_(std::move(deliver)), ticked_(std::move(ticked)) {}

void BrokerLink::run() {
    AccessPoint point;
    // Like MetaTrader: a server that servers.dat does not know leaves no line at all.
    if (options_.login.empty() || options_.password.empty() || !find_server(options_.home, options_.server, point)) return;
    int pause_ms = 200;
    while (stopping_ == 0 && !refused_) {
        if (connect_to(point)) {
            pause_ms = 200;
            while (stopping_ == 0 && talk()) {
            }
            lost();
        }
        for (int waited = 0; waited < pause_ms && stopping_ == 0; waited += 50) Sleep(50);
        pause_ms = pause_ms < 3000 ? pause_ms * 2 : 5000;
    }
}

void BrokerLink::stop() {
    InterlockedExchange(&stopping_, 1);
    Hold hold(send_lock_);
    if (socket_ != INVALID_SOCKET) shutdown(socket_, SD_BOTH);
}

static SOCKET open_socket(const AccessPoint& point) {
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

bool BrokerLink::connect_to(const AccessPoint& point) {
    const SOCKET made = open_socket(point);
    if (made == INVALID_SOCKET) return false;
    const BOOL on = TRUE;
    const DWORD silence = SILENCE_MS;
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&on), sizeof on);
    setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<const char*>(&silence), sizeof silence);
    {
        Hold hold(send_lock_);
        socket_ = made;
    }
    pending_.clear();
    book_.begin_login(options_.server);
    return send("LOGIN" + field("login", options_.login) + field("password", options_.password));
}

bool BrokerLink::send(const std::string& line) {
    Hold hold(send_lock_);
    if (socket_ == INVALID_SOCKET) return false;
    const std::string whole = line + "\n";
    return ::send(socket_, whole.data(), static_cast<int>(whole.size()), 0) == static_cast<int>(whole.size());
}

bool BrokerLink::talk() {
    char block[16384];
    const int got = recv(socket_, block, sizeof block, 0);
    if (got <= 0) return false;
    pending_.append(block, static_cast<size_t>(got));
    size_t from = 0;
    for (size_t end; (end = pending_.find('\n', from)) != pending_.npos; from = end + 1)
        if (!take(pending_.substr(from, end - from))) return false;
    pending_.erase(0, from);
    return true;
}

bool BrokerLink::take(const std::string& raw) {
    const Line line = parse_line(raw);
    if (line.verb == "REFUSED") {
        network(L": authorization on " + widen(options_.server) + L" failed (" + widen(line.text("reason")) + L")");
        refused_ = true;
        return false;
    }
    if (line.verb == "WELCOME") greet(line);
    std::vector<mql::Transaction> transactions;
    book_.apply(line, transactions);
    if (line.verb == "SYNCED") synchronized();
    for (const mql::Transaction& transaction : transactions) deliver_(transaction);
    if (line.verb == "TICK") ticked_(widen(line.text("symbol")));
    return true;
}

void BrokerLink::greet(const Line& line) {
    authorized_ = true;
    company_ = widen(line.text("company"));
    mode_ = line.text("mode");
    demo_ = line.text("demo");
    network(L": authorized on " + widen(options_.server) + L" through " + widen(line.text("access")) + L" (ping: 1.00 ms, build 9999)");
}

void BrokerLink::synchronized() {
    wchar_t counts[96];
    swprintf(counts, 96, L": %u positions, %u orders, %u symbols, 0 spreads", static_cast<unsigned>(book_.position_count()),
             static_cast<unsigned>(book_.orders().size()), static_cast<unsigned>(book_.symbol_count()));
    book_.set_connected(true);
    network(L": previous successful authorization performed from 127.0.0.1");
    network(L": terminal synchronized with " + company_ + counts);
    const std::wstring kind = mode_ == "hedging" ? L"hedging mode" : L"netting mode";
    network(L": trading has been enabled - " + kind + (demo_ == "1" ? L", demo account" : L""));
}

void BrokerLink::lost() {
    {
        Hold hold(send_lock_);
        closesocket(socket_);
        socket_ = INVALID_SOCKET;
    }
    book_.set_connected(false);
    if (authorized_ && stopping_ == 0) network(L": connection to " + widen(options_.server) + L" lost");
    authorized_ = false;
    std::vector<mql::Transaction> unanswered;
    book_.answer_all(mql::TRADE_RETCODE_TIMEOUT, unanswered);
    for (const mql::Transaction& transaction : unanswered) deliver_(transaction);
}
