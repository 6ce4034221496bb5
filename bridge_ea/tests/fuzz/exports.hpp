// The functions of lockstep.dll, as mql5/Dll.mqh and mql4/LinksDll.mqh import them.
#pragma once
#include "wire.hpp"

extern "C" {
int64_t ls_now();
int ls_events_open(int port);
void ls_events_close();
int ls_commands_open(int port);
int ls_commands_listen(int port);
void ls_commands_close();
int ls_account(const wire::Account* frame);
int ls_symbol(const wire::Symbol* frame);
int ls_symbol_session(const wire::SymbolSession* frame);
int ls_symbol_page_end(const wire::SymbolPageEnd* frame);
int ls_position(const wire::Position* frame);
int ls_snapshot_begin(int positions, int symbols);
int ls_snapshot_end(int positions, int symbols);
int ls_trade(const wire::Trade* frame);
int ls_stops(const wire::Stops* frame);
int ls_order(const wire::PendingOrder* frame);
int ls_deal_money(const wire::DealMoney* frame);
int ls_operation(const wire::MoneyOperation* frame);
int ls_tick(const wire::Tick* frame);
int ls_outcome(const wire::Result* frame);
int ls_poll(wire::Subscribe* subscribe, wire::SymbolPage* page);
int ls_wait(wire::Command* command, wire::QuoteRequest* quote, int timeout_ms);
int ls_quote(const wire::Tick* frame);
int ls_beat(int program, uint64_t counter);
int ls_placed(const wire::Result* frame, uint64_t counter);
int ls_result(const wire::Result* frame);
int64_t ls_received();
int ls_limit(const wire::Command* command, double bid, double ask, double point, int64_t age_ms);
int ls_claim(int64_t link, int action, uint32_t target_id);
int ls_in_flight(int64_t link, int kind);
int64_t ls_claimed_ns(int64_t link, int kind);
int ls_blocking(int64_t link);
void ls_answered(int64_t link, int kind);
void ls_dealt(int64_t link);
void ls_release(int64_t link, int kind);
void ls_order_gone(int64_t link);
int ls_links_open(const wchar_t* path);
int ls_magic(int64_t link);
void ls_link_begin(int64_t link, int64_t now_s);
void ls_link_known(int64_t link, int ticket, int64_t now_s);
void ls_link_refused(int64_t link);
void ls_link_touch(int ticket, int64_t now_s);
int64_t ls_link_of(int ticket);
int64_t ls_link_waiting(int magic);
int64_t ls_waits_since(int64_t link);
int ls_ticket_of(int64_t link);
void ls_set_ready(int ready);
int ls_ready();
}
