// Which link an order belongs to. The order carries only the fold of its link as magic number, so the DLL remembers the rest.
#ifndef LINKS_MQH
#define LINKS_MQH
// How long an order that went out may still come when this process knows nothing of it any more, in seconds.
#define STILL_OUT_S 60

void OpenLinks()
  {
   if(ls_links_open(TerminalInfoString(TERMINAL_DATA_PATH)+"\\MQL4\\Files\\lockstep.links")==0)
      Print("no file for the links of orders: a restarted terminal will know only their magic numbers");
  }

long ServerS()
  {
   return((long)TimeTradeServer());
  }

// The link of the selected order. `former`: the ticket that it had before a partial close, 0 if it had none. 0 if it is no order of a
// link, or nobody knows of which.
long LinkOfSelected(int former)
  {
   int ticket=OrderTicket();
   int magic=OrderMagicNumber();
   long link=ls_link_of(ticket);
   if(link!=0 || magic==0)
      return(link);
   link=(former!=0 ? ls_link_of(former) : ls_link_waiting(magic));
   if(link!=0)
      ls_link_known(link,ticket,ServerS());
   return(link);
  }

// Whether the selected order is the link's. An order without a record is, if it has the link's magic number: the file may be lost,
// and a link must not be opened twice.
bool IsOrderOf(long link)
  {
   if(OrderMagicNumber()!=ls_magic(link))
      return(false);
   long owner=LinkOfSelected(FormerTicket(OrderComment()));
   if(owner==0)
      ls_link_known(link,OrderTicket(),ServerS());
   return(owner==0 || owner==link);
  }

bool IsOpenOrder(int ticket)
  {
   return(ticket!=0 && OrderSelect(ticket,SELECT_BY_TICKET) && OrderCloseTime()==0);
  }

// Selects the link's open order of a kind, and says its ticket; 0 if it has none. `hint` is tried after the ticket that is known.
int FindOpenOrder(long link,bool waits,int hint)
  {
   int ticket=ls_ticket_of(link);
   if(IsOpenOrder(ticket))
      return((OrderType()>OP_SELL)==waits ? ticket : 0);
   if(IsOpenOrder(hint) && (OrderType()>OP_SELL)==waits && IsOrderOf(link))
      return(hint);
   for(int i=OrdersTotal()-1; i>=0; i--)
      if(OrderSelect(i,SELECT_BY_POS,MODE_TRADES) && (OrderType()>OP_SELL)==waits && IsOrderOf(link))
         return(OrderTicket());
   return(0);
  }

int FindPosition(long link,ulong hint)
  {
   return(FindOpenOrder(link,false,(int)hint));
  }

int FindPending(long link)
  {
   return(FindOpenOrder(link,true,0));
  }

// Whether an order of the link may still come: it went out before this process began, and nobody saw its end.
bool IsStillOut(long link)
  {
   long since=ls_waits_since(link);
   return(since!=0 && ServerS()-since<STILL_OUT_S);
  }
#endif
