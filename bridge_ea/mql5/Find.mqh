// Where a link stands now.
#ifndef FIND_MQH
#define FIND_MQH
// An OPEN is repeated only while its signal is fresh, so two days of history are more than enough.
#define HISTORY_S 172800

bool IsLink(ulong ticket,long link)
  {
   return(ticket!=0 && SelectPosition(ticket) && PositionGetInteger(POSITION_MAGIC)==link);
  }

// The link's position, selected; 0 where it has none. `hint` is looked at first.
ulong FindPosition(long link,ulong hint)
  {
   if(IsLink(hint,link))
      return(hint);
   for(int i=PositionsTotal()-1; i>=0; i--)
     {
      ulong ticket=PositionTicketAt(i);
      if(IsLink(ticket,link))
         return(ticket);
     }
   return(0);
  }

bool FoundInHistory(long link)
  {
   datetime now=TimeTradeServer();
   if(!HistorySelect(now-HISTORY_S,now+86400))
      return(false);
   for(int i=HistoryDealsTotal()-1; i>=0; i--)
     {
      ulong deal=HistoryDealGetTicket(i);
      if(deal!=0 && HistoryDealGetInteger(deal,DEAL_MAGIC)==link)
         return(true);
     }
   return(false);
  }

bool FoundInOrders(long link)
  {
   for(int i=OrdersTotal()-1; i>=0; i--)
     {
      ulong order=OrderGetTicket(i);
      if(order!=0 && OrderGetInteger(ORDER_MAGIC)==link)
         return(true);
     }
   return(false);
  }
#endif
