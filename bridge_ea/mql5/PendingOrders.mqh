// Reports pending orders.
#ifndef PENDINGORDERS_MQH
#define PENDINGORDERS_MQH
// A property of an order: of the selected one if it works, else from the history.
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

void FillPendingOrder(WirePendingOrder &o,ulong order,bool works)
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

int ReportPendingOrder(WirePendingOrder &o,long seen)
  {
   o.seen_ns=seen;
   SetReported(OrderKey(o.ticket),o.working!=0 ? o.left : 0);
   return(ls_order(o));
  }

// Reports all pending orders that work now.
void SendPendingOrders()
  {
   for(int i=OrdersTotal()-1; i>=0; i--)
     {
      ulong order=OrderGetTicket(i);
      if(order==0 || !IsPendingKind(OrderGetInteger(ORDER_TYPE)))
         continue;
      WirePendingOrder o;
      ZeroMemory(o);
      FillPendingOrder(o,order,true);
      ReportPendingOrder(o,ls_now());
     }
  }

// Releases the link of an order that is gone without a deal: the link may be opened in another way.
void FreeLinkOfGoneOrder(const WirePendingOrder &o)
  {
   if(o.working==0 && o.magic!=0 && o.left==o.volume && !HadDeal(o.magic))
      ls_order_gone(o.magic);
  }

// Reports the order as it is now, whichever event led here. 1 if the order is neither open nor in the history: a snapshot is
// needed.
int SendPendingOrder(ulong order,bool report,long seen)
  {
   bool works=OrderSelect(order);
   if(!works && !HistoryOrderSelect(order))
      return(1);
   WirePendingOrder o;
   ZeroMemory(o);
   FillPendingOrder(o,order,works);
   FreeLinkOfGoneOrder(o);
   return(report ? ReportPendingOrder(o,seen) : 0);
  }
#endif
