// The link of an order. The order carries only the fold of its link as magic number, so the DLL remembers the link.
#ifndef LINKS_MQH
#define LINKS_MQH
// How long, in seconds, an order may still appear that a former process of this program sent.
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

// The link of the selected order; 0 if it is no order of a link, or if its link is unknown. `former`: its ticket before a
// partial close, 0 if it had none. A broker may have cut the former ticket to the number of another order: then that order's
// link most likely has another magic number.
long LinkOfSelected(int former)
  {
   int ticket=OrderTicket();
   int magic=OrderMagicNumber();
   long link=ls_link_of(ticket);
   if(link!=0 || magic==0)
      return(link);
   link=(former!=0 ? ls_link_of(former) : ls_link_waiting(magic));
   if(link==0 || ls_magic(link)!=magic)
      return(0);
   ls_link_known(link,ticket,ServerS());
   return(link);
  }

bool IsOpenOrder(int ticket)
  {
   return(ticket!=0 && OrderSelect(ticket,SELECT_BY_TICKET) && OrderCloseTime()==0);
  }

// The link of the selected order, if the order has this link's magic number. -1 if it has another one, 0 if its link is
// unknown.
long OwnerOfSelected(long link)
  {
   return(OrderMagicNumber()==ls_magic(link) ? LinkOfSelected(FormerTicket(OrderComment())) : -1);
  }

// Selects the open order of a kind that is known to be the link's, and returns its ticket; 0 if there is none.
int FindOpenOrder(long link,bool waits)
  {
   int ticket=ls_ticket_of(link);
   if(IsOpenOrder(ticket))
      return(IsPending(OrderType())==waits ? ticket : 0);
   for(int i=OrdersTotal()-1; i>=0; i--)
      if(OrderSelect(i,SELECT_BY_POS,MODE_TRADES) && IsPending(OrderType())==waits && OwnerOfSelected(link)==link)
         return(OrderTicket());
   return(0);
  }

// Selects an open order of a kind that has the link's magic number and no known link: the file of links is lost, or another
// terminal opened the order. `named`: only the order with this ticket, or the rest of that order; 0: any.
int FindUnknown(long link,bool waits,int named)
  {
   for(int i=OrdersTotal()-1; i>=0; i--)
     {
      if(!OrderSelect(i,SELECT_BY_POS,MODE_TRADES) || IsPending(OrderType())!=waits || OwnerOfSelected(link)!=0)
         continue;
      if(named==0 || OrderTicket()==named || FormerTicket(OrderComment())==named)
         return(OrderTicket());
     }
   return(0);
  }

// The order that a command changes. If the file does not know it, the router names it, and the pair of ticket and link is
// written down.
int FindToChange(const WireCommand &c,bool waits)
  {
   int ticket=FindOpenOrder(c.link,waits);
   if(ticket!=0 || c.position==0)
      return(ticket);
   ticket=FindUnknown(c.link,waits,(int)c.position);
   if(ticket!=0)
      ls_link_known(c.link,ticket,ServerS());
   return(ticket);
  }

// Whether an order of the link may still appear: a former process sent it and did not see its end.
bool IsStillOut(long link)
  {
   long since=ls_waits_since(link);
   return(since!=0 && ServerS()-since<STILL_OUT_S);
  }
#endif
