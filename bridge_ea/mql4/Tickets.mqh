// The tickets of a position that was closed in part: MT4 gives the rest a new ticket, and names it in comments.
#ifndef TICKETS_MQH
#define TICKETS_MQH
#define LONGEST_CHAIN 64

bool IsPending(int type)
  {
   return(type>OP_SELL);
  }

// The number after `word` in a comment; 0 if it has none.
int NumberAfter(string comment,string word)
  {
   int at=StringFind(comment,word);
   return(at<0 ? 0 : (int)StringToInteger(StringSubstr(comment,at+StringLen(word))));
  }

int FormerTicket(string comment) { return(NumberAfter(comment,"from #")); }
int NextTicket(string comment)   { return(NumberAfter(comment,"to #")); }
int Opposite(string comment)     { return(NumberAfter(comment,"close hedge by #")); }

// The ticket whose partial close left this one; 0 if the history does not have it.
int TicketBefore(int ticket)
  {
   if(!OrderSelect(ticket,SELECT_BY_TICKET))
      return(0);
   // All tickets of a position have the same opening, which tells the right number from one that the broker cut.
   long opened_s=(long)OrderOpenTime();
   double price=OrderOpenPrice();
   for(int i=OrdersHistoryTotal()-1; i>=0; i--)
      if(OrderSelect(i,SELECT_BY_POS,MODE_HISTORY) && NextTicket(OrderComment())==ticket && (long)OrderOpenTime()==opened_s
         && OrderOpenPrice()==price)
         return(OrderTicket());
   return(0);
  }

// The first ticket of a position that had `former` before. A closed part names the next ticket, so the way back is a search.
int FirstTicketByHistory(int former)
  {
   int first=former;
   int before=(former!=0 ? TicketBefore(former) : 0);
   for(int i=0; i<LONGEST_CHAIN && before!=0; i++)
     {
      first=before;
      before=TicketBefore(before);
     }
   return(first);
  }
#endif
