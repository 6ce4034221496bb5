// Finds open positions, working orders and the history of a link.
#ifndef LOOKUP_MQH
#define LOOKUP_MQH
// How far back a link is looked for, in seconds. An opening is repeated only while it is fresh, which is far less than two days.
#define HISTORY_S 172800

bool SelectPosition(ulong position)
  {
   if(position==0)
      return(false);
   if(SelectTicket(position) && SelectedPosition()==position)
      return(true);
   for(int i=PositionsTotal()-1; i>=0; i--)
      if(PositionAt(i)==position)
         return(true);
   return(false);
  }

// The identifier of the position with this ticket. The two differ once a netting position was reversed.
ulong PositionOfTicket(ulong ticket)
  {
   return(ticket!=0 && SelectTicket(ticket) ? SelectedPosition() : ticket);
  }

// The units of the selected position; negative for sells.
long SelectedUnits()
  {
   long units=UnitsOf(PositionGetDouble(POSITION_VOLUME));
   return(PositionGetInteger(POSITION_TYPE)==POSITION_TYPE_SELL ? -units : units);
  }

bool IsLink(ulong position,long link)
  {
   return(SelectPosition(position) && PositionGetInteger(POSITION_MAGIC)==link);
  }

// The link's position, which gets selected; 0 if it has none. `hint` is tried first.
ulong FindPosition(long link,ulong hint)
  {
   if(IsLink(hint,link))
      return(hint);
   for(int i=PositionsTotal()-1; i>=0; i--)
     {
      ulong position=PositionAt(i);
      if(position!=0 && PositionGetInteger(POSITION_MAGIC)==link)
         return(position);
     }
   return(0);
  }

bool IsPendingKind(long kind)
  {
   return(kind>=ORDER_TYPE_BUY_LIMIT && kind<=ORDER_TYPE_SELL_STOP_LIMIT);
  }

// The link's order, which gets selected; 0 if it has none. `waits`: its pending order, else the order that is being
// executed.
ulong FindOrder(long link,bool waits)
  {
   for(int i=OrdersTotal()-1; i>=0; i--)
     {
      ulong order=OrderGetTicket(i);
      if(order!=0 && OrderGetInteger(ORDER_MAGIC)==link && IsPendingKind(OrderGetInteger(ORDER_TYPE))==waits)
         return(order);
     }
   return(0);
  }

bool SelectRecent()
  {
   datetime now=TimeTradeServer();
   return(HistorySelect(now-HISTORY_S,now+86400));
  }

bool HadDeal(long link)
  {
   if(!SelectRecent())
      return(false);
   for(int i=HistoryDealsTotal()-1; i>=0; i--)
     {
      ulong deal=HistoryDealGetTicket(i);
      if(deal!=0 && HistoryDealGetInteger(deal,DEAL_MAGIC)==link)
         return(true);
     }
   return(false);
  }

// Whether the link had a pending order that is gone. An order that the broker rejected does not count.
bool HadOrder(long link)
  {
   if(!SelectRecent())
      return(false);
   for(int i=HistoryOrdersTotal()-1; i>=0; i--)
     {
      ulong order=HistoryOrderGetTicket(i);
      if(order!=0 && HistoryOrderGetInteger(order,ORDER_MAGIC)==link && IsPendingKind(HistoryOrderGetInteger(order,ORDER_TYPE))
         && HistoryOrderGetInteger(order,ORDER_STATE)!=ORDER_STATE_REJECTED)
         return(true);
     }
   return(false);
  }
#endif
