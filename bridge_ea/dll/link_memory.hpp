#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>

constexpr size_t RECORDS_KEPT = 8192;
constexpr int64_t RECORD_LIFE_S = 3 * 86400;
constexpr int64_t TOUCH_AGAIN_S = 3600;

// A link has 63 bits and a magic number of MT4 has 31: every order of a link carries this fold of it, which is never 0.
int32_t magic_of(int64_t link);

// Which link each order of an MT4 terminal belongs to, in a file: the order itself carries only the fold of its link.
//
// - A link is written down before its order goes out, without a ticket, and again with the ticket once that is known.
// - An order whose ticket nobody wrote down belongs to the only link that waits for a ticket and has the order's magic number.
// - A partial close gives what is left a new ticket: the link then has several records, and the newest one is its order.
// - A record that was not touched for RECORD_LIFE_S is forgotten. The records of open orders are touched again and again.
class LinkMemory {
  public:
    // Reads the file's records, and writes to the file from now on. This object owns the file. Without one (nullptr) the
    // memory lasts as long as the process.
    void attach(FILE* file);
    ~LinkMemory();

    void begin(int64_t link, int64_t now_s);
    void known(int64_t link, int32_t ticket, int64_t now_s);
    // The broker refused the order: the link waits for no ticket.
    void refused(int64_t link);
    void touch(int32_t ticket, int64_t now_s);

    // 0 if the ticket has no record.
    int64_t link_of(int32_t ticket) const;
    // The only link with this magic number that waits for a ticket; 0 if there is none, or several: then the order's link
    // would be a guess.
    int64_t waiting(int32_t magic) const;
    // Since when the link waits for a ticket; 0 if it does not wait.
    int64_t waits_since(int64_t link) const;
    // The newest ticket of the link; 0 if it has none.
    int32_t ticket_of(int64_t link) const;

  private:
    struct Record {
        int64_t link;
        int64_t ticket;
        int64_t touched_s;
    };

    void begin_anew();
    Record* find(int64_t link, int64_t ticket);
    const Record* find(int64_t link, int64_t ticket) const;
    Record* slot(int64_t now_s);
    void put(Record* record, const Record& value);

    Record records_[RECORDS_KEPT];
    size_t count_ = 0;
    FILE* file_ = nullptr;
};
