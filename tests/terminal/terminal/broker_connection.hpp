// The connection to the broker: logs in, applies what the broker sends, and reconnects by itself.
#pragma once
#include <functional>
#include <string>

#include "account_state.hpp"
#include "journal.hpp"
#include "options.hpp"
#include "servers.hpp"

class BrokerConnection {
  public:
    using Deliver = std::function<void(const mql::Transaction&)>;
    using Ticked = std::function<void(const std::wstring& symbol)>;

    BrokerConnection(const Options& options, AccountState& account, Journal& journal, Deliver deliver, Ticked ticked);

    // Runs until `stop`. Ends early if the server is unknown or the broker refuses the login.
    void run();
    void stop();
    bool send(const std::string& line);  // false without a connection
    std::wstring who() const { return L"'" + widen(options_.login) + L"'"; }

  private:
    bool connect_to(const AccessPoint& point);
    bool receive();  // one block of bytes; false if the connection is gone or the login was refused
    bool handle_line(const std::string& raw);
    void log_authorized(const Line& line);
    void log_synchronized();
    void close_lost();
    void network(const std::wstring& text) { journal_.write(L"Network", who() + text); }

    const Options& options_;
    AccountState& account_;
    Journal& journal_;
    Deliver deliver_;
    Ticked ticked_;
    Lock send_lock_;
    SOCKET socket_ = INVALID_SOCKET;
    bool authorized_ = false;
    bool refused_ = false;
    volatile LONG stopping_ = 0;
    std::string pending_;
    std::wstring company_;
    std::string mode_, demo_;
};
