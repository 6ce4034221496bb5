// Plays scripts on the in-flight table, one per line of standard input, and prints what its last claim got: `sent` or `in flight`.
// A script is steps parted by `;`: `claim ACTION SECOND`, `answered KIND`, `rejected KIND`, `dealt`, `gone`.
#include "../dll/inflight.hpp"

#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include "wire.hpp"

static const std::map<std::string, uint32_t> ACTIONS = {
    {"OPEN", wire::ACTION_OPEN},           {"PLACE", wire::ACTION_PLACE},       {"SET_VOLUME", wire::ACTION_SET_VOLUME},
    {"SET_STOPS", wire::ACTION_SET_STOPS}, {"CLOSE", wire::ACTION_CLOSE},       {"SET_NET", wire::ACTION_SET_NET},
    {"SET_ORDER", wire::ACTION_SET_ORDER}, {"DELETE", wire::ACTION_DELETE},
};
static const std::map<std::string, RequestKind> KINDS = {
    {"VOLUME", RequestKind::VOLUME}, {"STOPS", RequestKind::STOPS}, {"ORDER", RequestKind::ORDER}};

static bool play(const std::string& script) {
    auto table = std::make_unique<Inflight>();
    bool got = false;
    std::istringstream steps(script);
    for (std::string step; std::getline(steps, step, ';');) {
        std::istringstream words(step);
        std::string verb, what;
        long long second = 0;
        words >> verb >> what >> second;
        if (verb == "claim") got = table->claim(1, ACTIONS.at(what), second * 1000000000LL, 0);
        else if (verb == "answered") table->answered(1, KINDS.at(what));
        else if (verb == "rejected") table->release(1, KINDS.at(what));
        else if (verb == "dealt") table->dealt(1);
        else if (verb == "gone") table->order_gone(1);
        else throw std::invalid_argument(step);
    }
    return got;
}

int main() {
    for (std::string line; std::getline(std::cin, line);) std::cout << (play(line) ? "sent" : "in flight") << "\n";
}
