// Pending orders, as frames.
#ifndef PENDING_MQH
#define PENDING_MQH
// An order is either among those that work, and then selected, or in the history.
long OrderInteger(ulong order,bool works,ENUM_ORDER_PROPERTY_INTEGER what)
  {
   return(works ? OrderGetInteger(what) : HistoryOrderGetInteger(order,what));
  }

double OrderNumber(ulong order,bool works,ENUM_ORDER_PROPERTY_DOUBLE what)
  {
   return(works ? OrderGetDouble(what) : HistoryOrderGetDouble(order,what));
  }

string OrderText(ulong order,bool works,ENUM_ORDER_PROPERTY_STRING what)
  {
   return(works ? OrderGetString(what) : HistoryOrderGetString(order,what));
  }

void FillPending(WirePendingOrder &o,ulong order,bool works)
  {
   o.ticket     =order;
   o.magic      =OrderInteger(order,works,ORDER_MAGIC);
   o.volume     =UnitsOf(OrderNumber(order,works,ORDER_VOLUME_INITIAL));
   o.left       =UnitsOf(OrderNumber(order,works,ORDER_VOLUME_CURRENT));
   o.price      =OrderNumber(order,works,ORDER_PRICE_OPEN);
   o.limit      =OrderNumber(order,works,ORDER_PRICE_STOPLIMIT);
   o.sl         =OrderNumber(order,works,ORDER_SL);
   o.tp         =OrderNumber(order,works,ORDER_TP);
   o.expires_msc=OrderInteger(order,works,ORDER_TIME_EXPIRATION)*1000;
   o.time_msc   =OrderInteger(order,works,ORDER_TIME_SETUP_MSC);
   o.age_ms     =ServerTimeMsc()-o.time_msc;
   o.order_kind =(uint)OrderInteger(order,works,ORDER_TYPE);
   o.working    =(uint)works;
   if(o.age_ms<0)
      o.age_ms=0;
   StringToCharArray(OrderText(order,works,ORDER_SYMBOL),o.symbol,0,31,CP_UTF8);
   StringToCharArray(OrderText(order,works,ORDER_COMMENT),o.comment,0,31,CP_UTF8);
  }

int TellPending(WirePendingOrder &o,long seen)
  {
   o.seen_ns=seen;
   SetTold(OrderKey(o.ticket),o.working!=0 ? o.left : 0);
   return(ls_order(o));
  }

// Those that work now.
void SendPendings()
  {
   for(int i=OrdersTotal()-1; i>=0; i--)
     {
      ulong order=OrderGetTicket(i);
      if(order==0 || !IsPendingKind(OrderGetInteger(ORDER_TYPE)))
         continue;
      WirePendingOrder o;
      ZeroMemory(o);
      FillPending(o,order,true);
      TellPending(o,ls_now());
     }
  }

// A link whose order is gone without a deal may be opened in another way.
void NoteGone(const WirePendingOrder &o)
  {
   if(o.working==0 && o.magic!=0 && o.left==o.volume && !FoundInHistory(o.magic))
      ls_gone(o.magic);
  }

// As it is by now, whatever happened to it. 1 where it can be found nowhere: then only a snapshot tells.
int SendPending(ulong order,bool tell,long seen)
  {
   bool works=OrderSelect(order);
   if(!works && !HistoryOrderSelect(order))
      return(1);
   WirePendingOrder o;
   ZeroMemory(o);
   FillPending(o,order,works);
   NoteGone(o);
   return(tell ? TellPending(o,seen) : 0);
  }
#endif
