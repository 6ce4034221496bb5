// Random calls about links, and the rules for their answers.
#pragma once
#include <cmath>
#include <map>

#include "chance.hpp"
#include "exports.hpp"
#include "rules.hpp"

class Links {
  public:
    Links(Chance& chance, const std::string& folder) : chance_(chance), path_(folder + "/links") {}

    // Some calls as both programs make them, with links and the numbers of commands and of the terminal.
    void some_calls() {
        const int64_t link = some_link();
        const int kind = static_cast<int>(chance_.below(4)) - (chance_.one_in(50) ? 2 : 0);
        if (chance_.one_in(2)) claim(link);
        if (chance_.one_in(3)) ls_answered(link, kind);
        if (chance_.one_in(3)) ls_dealt(link);
        if (chance_.one_in(8)) {
            ls_release(link, kind);
            opened_.erase(link);
        }
        if (chance_.one_in(8)) {
            ls_order_gone(link);
            opened_.erase(link);
        }
        ls_in_flight(link, kind);
        ls_claimed_ns(link, kind);
        rule(opened_.count(link) == 0 || ls_blocking(link) != 0, "a link that was opened cannot be opened again");
        remember(link);
    }

    void limits(const std::string& body) {
        wire::Command command = {};
        memcpy(&command, body.data(), sizeof command);
        const double bid = chance_.price(), ask = chance_.price(), point = chance_.one_in(4) ? chance_.price() : 0.00001;
        if (ls_limit(&command, bid, ask, point, chance_.one_in(4) ? chance_.whole() : 0) != 0 || command.limits == 0) return;
        rule(std::isfinite(bid) && std::isfinite(ask) && bid > 0 && ask >= bid && point > 0, "limits are held against a quote alone");
        if ((command.limits & wire::LIMIT_SPREAD) != 0)
            rule(std::round((ask - bid) / point) <= command.max_spread, "a spread that cannot be told is beyond its limit");
        const bool net = command.action == wire::ACTION_SET_NET;
        const bool buys = net ? command.volume > command.expected : command.side == wire::SIDE_BUY;
        const double worse = buys ? ask - command.reference_price : command.reference_price - bid;
        if ((command.limits & wire::LIMIT_SLIPPAGE) != 0)
            rule(std::round(worse / point) <= command.max_slippage, "a slippage that cannot be told is beyond its limit");
    }

  private:
    static constexpr uint64_t LINKS_KEPT = 65536;

    int64_t some_link() { return chance_.one_in(4) ? chance_.whole() : static_cast<int64_t>(1 + chance_.below(200)); }

    void claim(int64_t link) {
        const int action = chance_.one_in(50) ? static_cast<int>(chance_.whole()) : 1 + static_cast<int>(chance_.below(9));
        const auto known = claimed_.find(link);
        if (known == claimed_.end() || claims_ - known->second > LINKS_KEPT) {
            opened_.erase(link);
            claimed_[link] = claims_++;
        }
        const bool opens = action == static_cast<int>(wire::ACTION_OPEN) || action == static_cast<int>(wire::ACTION_PLACE);
        if (ls_claim(link, action, static_cast<uint32_t>(chance_.below(4))) == 0 || !opens) return;
        rule(opened_[link]++ == 0, "a link is opened once");
    }

    // MT4's memory of each ticket's link, over restarts and with files that somebody else wrote to.
    void remember(int64_t link) {
        const int ticket = chance_.one_in(20) ? static_cast<int>(chance_.whole()) : 1 + static_cast<int>(chance_.below(3000));
        const int64_t now = chance_.one_in(50) ? chance_.whole() : 1700000000 + static_cast<int64_t>(chance_.below(1000000));
        if (chance_.one_in(2)) ls_link_begin(link, now);
        if (chance_.one_in(2)) ls_link_known(link, ticket, now);
        if (chance_.one_in(4)) ls_link_refused(link);
        ls_link_touch(ticket, now);
        ls_link_waiting(ls_magic(link));
        ls_waits_since(link);
        ls_link_of(ticket);
        ls_ticket_of(link);
        rule(ls_magic(link) > 0, "an order of a link has a magic number");
        if (chance_.one_in(2000)) restart();
    }

    void restart() {
        if (chance_.one_in(3)) spoil();
        const std::wstring path(path_.begin(), path_.end());
        rule(ls_links_open(path.c_str()) == 1, "any file is read or begun anew");
    }

    void spoil() {
        FILE* file = fopen(path_.c_str(), chance_.one_in(4) ? "wb" : "r+b");
        if (file == nullptr) return;
        if (chance_.one_in(2)) fwrite("LSLINK1", 1, 8, file);
        else fseek(file, static_cast<long>(chance_.below(50000)), SEEK_SET);
        for (size_t i = chance_.below(3000); i > 0; i--) {
            const int64_t word = chance_.whole();
            fwrite(&word, 1, chance_.one_in(500) ? 3 : sizeof word, file);
        }
        fclose(file);
    }

    Chance& chance_;
    std::string path_;
    std::map<int64_t, uint64_t> claimed_;  // the number of each link's first claim
    std::map<int64_t, int> opened_;
    uint64_t claims_ = 0;
};
