// The closed orders of the last days, by magic number: which links were used, where the file of links does not know it.
#ifndef PAST_MQH
#define PAST_MQH
// How far back a link is looked for, in seconds. An opening is repeated only while it is fresh, which is far less than two days.
#define HISTORY_S 172800
#define MOST_PAST 16384

int  pastMagics[];
int  pastTickets[];
bool pastDealt[];      // it was a position, not only a pending order

void ResizePast(int count)
  {
   ArrayResize(pastMagics,count,256);
   ArrayResize(pastTickets,count,256);
   ArrayResize(pastDealt,count,256);
  }

// Notes the selected order, which is gone.
void NotePast()
  {
   int count=ArraySize(pastTickets);
   if(OrderMagicNumber()==0)
      return;
   if(count>=MOST_PAST)
     {
      ForgetOldPast();
      count=ArraySize(pastTickets);
     }
   ResizePast(count+1);
   pastMagics[count] =OrderMagicNumber();
   pastTickets[count]=OrderTicket();
   pastDealt[count]  =!IsPending(OrderType());
  }

void ForgetOldPast()
  {
   int kept=0;
   int count=ArraySize(pastTickets);
   for(int i=count/2; i<count; i++)
     {
      pastMagics[kept] =pastMagics[i];
      pastTickets[kept]=pastTickets[i];
      pastDealt[kept]  =pastDealt[i];
      kept++;
     }
   ResizePast(kept);
  }

void ReadPast()
  {
   ResizePast(0);
   long since=ServerS()-HISTORY_S;
   for(int i=0; i<OrdersHistoryTotal(); i++)
      if(OrderSelect(i,SELECT_BY_POS,MODE_HISTORY) && OrderType()<=OP_SELLSTOP && (long)OrderCloseTime()>=since)
         NotePast();
  }

// Whether the link had a position (`dealt`), or else any order.
bool HadAny(long link,bool dealt)
  {
   int ticket=ls_ticket_of(link);
   if(ticket!=0)
      return(!dealt || !OrderSelect(ticket,SELECT_BY_TICKET) || !IsPending(OrderType()));
   int magic=ls_magic(link);
   for(int i=ArraySize(pastTickets)-1; i>=0; i--)
     {
      if(pastMagics[i]!=magic || (dealt && !pastDealt[i]))
         continue;
      long of=ls_link_of(pastTickets[i]);
      if(of==0 || of==link)
         return(true);
     }
   return(false);
  }

bool HadDeal(long link)  { return(HadAny(link,true)); }
bool HadOrder(long link) { return(HadAny(link,false)); }
#endif
