// What lockstep.dll has for MT4 alone: the links of orders (dll/link_memory.hpp), and a doorbell for commands (dll/doorbell.hpp).
#ifndef LINKSDLL_MQH
#define LINKSDLL_MQH
#import "lockstep.dll"
int  ls_commands_listen(int port);
int  ls_links_open(string path);
int  ls_magic(long link);
int  ls_placed(const WireResult &frame,ulong counter);
void ls_link_begin(long link,long now_s);
void ls_link_known(long link,int ticket,long now_s);
void ls_link_refused(long link);
void ls_link_touch(int ticket,long now_s);
long ls_link_of(int ticket);
long ls_link_waiting(int magic);
long ls_waits_since(long link);
int  ls_ticket_of(long link);
#import
#endif
