// Conversions between MQL5's structs and those of abi.hpp. Linked into every program module of MT5.
#include "mql.hpp"

namespace mql {

template <size_t N>
static void copy(wchar_t (&out)[N], const string& text) {
    wcsncpy(out, text, N - 1);
    out[N - 1] = 0;
}

Request Api::to_request(const MqlTradeRequest& from) {
    Request r = {};
    r.action = from.action;
    r.type = from.type;
    r.type_filling = from.type_filling;
    r.type_time = from.type_time;
    r.magic = from.magic;
    r.position = from.position;
    r.order = from.order;
    r.volume = from.volume;
    r.price = from.price;
    r.stoplimit = from.stoplimit;
    r.sl = from.sl;
    r.tp = from.tp;
    r.deviation = from.deviation;
    r.expiration = from.expiration;
    copy(r.symbol, from.symbol);
    copy(r.comment, from.comment);
    return r;
}

MqlTradeRequest Api::from_request(const Request& from) {
    MqlTradeRequest r;
    r.action = from.action;
    r.type = from.type;
    r.type_filling = from.type_filling;
    r.type_time = from.type_time;
    r.magic = from.magic;
    r.position = from.position;
    r.order = from.order;
    r.volume = from.volume;
    r.price = from.price;
    r.stoplimit = from.stoplimit;
    r.sl = from.sl;
    r.tp = from.tp;
    r.deviation = from.deviation;
    r.expiration = from.expiration;
    r.symbol = string(from.symbol);
    r.comment = string(from.comment);
    return r;
}

MqlTradeResult Api::to_result(const Answer& from) {
    MqlTradeResult r;
    r.retcode = from.retcode;
    r.request_id = from.request_id;
    r.deal = from.deal;
    r.order = from.order;
    r.volume = from.volume;
    r.price = from.price;
    r.comment = string(from.comment);
    return r;
}

MqlTradeTransaction Api::to_transaction(const Transaction& from) {
    MqlTradeTransaction t;
    t.type = from.type;
    t.deal_type = from.deal_type;
    t.order_type = from.order_type;
    t.order_state = from.order_state;
    t.deal = from.deal;
    t.order = from.order;
    t.position = from.position;
    t.price = from.price;
    t.volume = from.volume;
    t.price_sl = from.sl;
    t.price_tp = from.tp;
    t.symbol = string(from.symbol);
    return t;
}

}  // namespace mql
