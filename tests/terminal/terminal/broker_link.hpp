// The connection to the broker: logs in, applies what comes, reconnects by itself.
#pragma once
#include <functional>
#include <string>

#include "book.hpp"
#include "journal.hpp"
#include "options.hpp"
#include "servers.hpp"

class BrokerLink {
  public:
    using Deliver = std::function<void(const mql::Transaction&)>;
    using Ticked = std::function<void(const std::wstring& symbol)>;

    BrokerLink(const Options& options, Book& book, Journal& journal, Deliver deliver, Ticked ticked);

    // Runs until `stop`; ends early where the server is unknown or the broker refuses the login.
    void run();
    void stop();
    bool send(const std::string& line);  // false where there is no connection
    std::wstring who() const { return L"'" + widen(options_.login) + L"'"; }

  private:
    bool connect_to(const AccessPoint& point);
    bool talk();  // false: do not try again
    bool take(const std::string& raw);
    void greet(const Line& line);
    void synchronized();
    void lost();
    void network(const std::wstring& text) { journal_.say(L"Network", who() + text); }

    const Options& options_;
    Book& book_;
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
