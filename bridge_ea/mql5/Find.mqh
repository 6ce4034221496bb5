// Where positions and orders are, and what of a link there ever was.
#ifndef FIND_MQH
#define FIND_MQH
// An opening is repeated only while its signal is fresh, so two days of history are more than enough.
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

// A position by the ticket that it has now, which may be another number.
ulong PositionOfTicket(ulong ticket)
  {
   return(ticket!=0 && SelectTicket(ticket) ? SelectedPosition() : ticket);
  }

// Of the selected position, sells negative.
long SelectedUnits()
  {
   long units=UnitsOf(PositionGetDouble(POSITION_VOLUME));
   return(PositionGetInteger(POSITION_TYPE)==POSITION_TYPE_SELL ? -units : units);
  }

bool IsLink(ulong position,long link)
  {
   return(SelectPosition(position) && PositionGetInteger(POSITION_MAGIC)==link);
  }

// The link's position, selected; 0 where it has none. `hint` is looked at first.
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

// The link's order that waits for its price or else the one that is being carried out, selected; 0 where it has none.
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

bool FoundInHistory(long link)
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

// Whether the link ever had a pending order that is gone.
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
