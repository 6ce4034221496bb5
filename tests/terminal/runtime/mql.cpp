// Conversions between MQL's structs and those of abi.hpp, and between UTF-8 and UTF-16. Linked into every program module.
#include "mql.hpp"

namespace mql {

static void put_utf8(std::string& out, uint32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
        return;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static constexpr uint32_t LEAD[] = {0, 0xC0, 0xE0, 0xF0};
    out += static_cast<char>(LEAD[more] | (c >> (6 * more)));
    for (int i = more - 1; i >= 0; i--) out += static_cast<char>(0x80 | (c >> (6 * i) & 0x3F));
}

std::string to_utf8(const std::wstring& text) {
    std::string out;
    for (size_t i = 0; i < text.size(); i++) {
        uint32_t c = static_cast<uint16_t>(text[i]);
        if (c >= 0xD800 && c < 0xDC00 && i + 1 < text.size())
            c = 0x10000 + ((c - 0xD800) << 10) + (static_cast<uint16_t>(text[++i]) - 0xDC00);
        put_utf8(out, c);
    }
    return out;
}

static void put_utf16(std::wstring& out, uint32_t c) {
    if (c < 0x10000) {
        out += static_cast<wchar_t>(c);
        return;
    }
    out += static_cast<wchar_t>(0xD800 + ((c - 0x10000) >> 10));
    out += static_cast<wchar_t>(0xDC00 + ((c - 0x10000) & 0x3FF));
}

std::wstring from_utf8(const char* text, size_t size) {
    std::wstring out;
    for (size_t i = 0; i < size;) {
        const auto lead = static_cast<unsigned char>(text[i++]);
        const int more = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        uint32_t c = more == 0 ? lead : lead & (0x3F >> more);
        for (int k = 0; k < more && i < size; k++) c = c << 6 | (static_cast<unsigned char>(text[i++]) & 0x3F);
        put_utf16(out, c);
    }
    return out;
}

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
