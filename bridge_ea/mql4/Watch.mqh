// Finds what changed among the open orders, and reports it. MT4 has no events of trades.
#ifndef WATCH_MQH
#define WATCH_MQH
#define LOOKED_AT_PER_TURN 64
#define UNSEEN_LOOKED_AT 64

bool snapshotDue=true;
int watchedLast=0;    // the place of the order that was looked at last
int historyTotal=0;   // how long the history was when all orders were compared last
int newestTicket=0;   // the newest ticket that was seen then

// Checks some orders, and compares all with what was reported as soon as one differs. -1 if the connection is gone.
int Watch()
  {
   int total=OrdersTotal();
   bool differ=(total!=ArraySize(knownOrders) || OrdersHistoryTotal()!=historyTotal);
   for(int n=0; n<LOOKED_AT_PER_TURN && n<total && !differ; n++)
     {
      watchedLast=(watchedLast+1)%total;
      differ=(!OrderSelect(watchedLast,SELECT_BY_POS,MODE_TRADES) || !IsAsKnown(knownOrders[watchedLast]));
     }
   if(differ)
      return(Compare(ls_now(),true));
   return(ArraySize(goneOrders)>0 ? ReportGone(ls_now(),true) : 0);
  }

// Reads the list of open orders into `newestOrders`. False if it changed meanwhile.
bool ReadNewest()
  {
   int total=OrdersTotal();
   ArrayResize(newestOrders,total,256);
   for(int i=0; i<total; i++)
     {
      if(!OrderSelect(i,SELECT_BY_POS,MODE_TRADES))
         return(false);
      ReadKnown(newestOrders[i]);
      int before=FindKnown(newestOrders[i].ticket,i);
      if(before>=0)
        {
         newestOrders[i].link =knownOrders[before].link;
         newestOrders[i].first=knownOrders[before].first;
         knownOrders[before].present=true;
        }
     }
   return(OrdersTotal()==total);
  }

void NoteGone()
  {
   for(int i=0; i<ArraySize(knownOrders); i++)
      if(!knownOrders[i].present)
         AddGone(knownOrders[i]);
  }

// Compares all open orders with what was reported. Without `report` claims still end. -1 if the connection is gone.
int Compare(long seen,bool report)
  {
   for(int i=0; i<ArraySize(knownOrders); i++)
      knownOrders[i].present=false;
   if(!ReadNewest())
      return(0);
   NoteGone();
   int rc=ReportGone(seen,report);
   if(rc==0)
      rc=ReportUnseen(seen,report);
   for(int i=0; i<ArraySize(newestOrders) && rc==0; i++)
     {
      int before=FindKnown(newestOrders[i].ticket,i);
      if(!OrderSelect(newestOrders[i].ticket,SELECT_BY_TICKET))
         continue;
      if(before<0)
         rc=OnNew(newestOrders[i],seen,report);
      else
         rc=OnChange(newestOrders[i],knownOrders[before],seen,report);
     }
   KnowNewest();
   return(rc);
  }

void KnowNewest()
  {
   int total=ArraySize(newestOrders);
   ArrayResize(knownOrders,total,256);
   for(int i=0; i<total; i++)
     {
      knownOrders[i]=newestOrders[i];
      newestTicket=(newestOrders[i].ticket>newestTicket ? newestOrders[i].ticket : newestTicket);
     }
  }

// Reports the positions that were opened and closed between two comparisons of all orders, from the newest part of the
// history.
int ReportUnseen(long seen,bool report)
  {
   int total=OrdersHistoryTotal();
   int last=newestTicket;
   for(int i=total-1; i>=0 && i>=total-UNSEEN_LOOKED_AT && total!=historyTotal; i--)
     {
      if(!OrderSelect(i,SELECT_BY_POS,MODE_HISTORY) || OrderTicket()<=last || IsOperation(OrderType()) || FindGone(OrderTicket())>=0)
         continue;
      newestTicket=(OrderTicket()>newestTicket ? OrderTicket() : newestTicket);
      KnownOrder o;
      ReadKnown(o);
      FindBeginning(o);
      // At the first comparison everything in the history would be new.
      if(last!=0 && OrderSelect(o.ticket,SELECT_BY_TICKET) && OnUnseen(o,seen,report)!=0)
         return(-1);
     }
   historyTotal=total;
   return(0);
  }

// The selected order was opened and closed between two comparisons.
int OnUnseen(const KnownOrder &o,long seen,bool report)
  {
   if(report && !IsPending(o.type) && SendOpening(o,seen)!=0)
      return(-1);
   return(OnEnd(o,seen,report));
  }

// The selected order is new in the list.
int OnNew(KnownOrder &o,long seen,bool report)
  {
   FindBeginning(o);
   if(o.link!=0)
     {
      if(IsPending(o.type))
         ls_answered(o.link,REQUEST_ORDER);
      else
         EndClaims(o.link);
     }
   if(!report)
      return(0);
   if(IsPending(o.type))
      return(SendPendingOrder(o,true,o.units,seen));
   return(SendOpening(o,seen));
  }

// Finds link and first ticket of the selected order, which is `o`.
void FindBeginning(KnownOrder &o)
  {
   int former=FormerTicket(OrderComment());
   string symbol=OrderSymbol();
   int gone=FindGoneBefore(o,symbol,former);
   if(!OrderSelect(o.ticket,SELECT_BY_TICKET))
      return;
   if(gone>=0)
      former=goneOrders[gone].ticket;
   o.link=LinkOfSelected(former);
   o.first=(gone>=0 && goneOrders[gone].first!=0 ? goneOrders[gone].first : former);
   if(gone>=0 || former==0)
      return;
   o.first=(IsRestOf(former,o,symbol) ? FirstTicketByHistory(former) : NO_FIRST);
   if(!OrderSelect(o.ticket,SELECT_BY_TICKET))
      o.first=NO_FIRST;
  }

// A position shows a change as a whole on MT4, so what it shows is the broker's last word.
void EndClaims(long link)
  {
   ls_dealt(link);
   ls_answered(link,REQUEST_VOLUME);
  }

// The selected order was already in the list.
int OnChange(KnownOrder &o,const KnownOrder &before,long seen,bool report)
  {
   if(IsPending(before.type) && !IsPending(o.type))
     {
      if(o.link!=0)
         EndClaims(o.link);
      return(report ? SendFilling(before,o,seen) : 0);
     }
   if(!report || IsAsKnown(before))
      return(0);
   return(IsPending(o.type) ? SendPendingOrder(o,true,o.units,seen) : SendStops(o,seen));
  }

// A pending order became a position.
int SendFilling(const KnownOrder &before,const KnownOrder &o,long seen)
  {
   int rc=SendPendingOrder(before,false,0,seen);
   return(rc!=0 ? rc : SendOpening(o,seen));
  }

// Reports the orders that left the list, once the history shows their ends. An order that the history never gets is left to
// a snapshot.
int ReportGone(long seen,bool report)
  {
   ForgetOldGone();
   for(int i=0; i<ArraySize(goneOrders); i++)
     {
      if(goneOrders[i].reported_ms!=0)
         continue;
      bool ended=IsEndKnown(goneOrders[i]);
      if(!ended && NowMs()-goneOrders[i].gone_ms<SETTLE_GONE_MS)
         continue;
      goneOrders[i].reported_ms=NowMs();
      if(!ended)
         snapshotDue=true;
      if(ended && OnEnd(goneOrders[i],seen,report)!=0)
         return(-1);
     }
   return(0);
  }

// Whether the history has the end of an order and, after a partial close, the rest is there, too. Selects the order.
bool IsEndKnown(const KnownOrder &o)
  {
   if(!OrderSelect(o.ticket,SELECT_BY_TICKET) || OrderCloseTime()==0)
      return(false);
   int next=NextTicket(OrderComment());
   if(next==0)
      return(true);
   bool there=OrderSelect(next,SELECT_BY_TICKET);
   return(OrderSelect(o.ticket,SELECT_BY_TICKET) && there);
  }

// The selected order has ended. `before` is its last known state.
int OnEnd(const KnownOrder &before,long seen,bool report)
  {
   NotePast();
   KnownOrder o;
   ReadKnown(o);
   o.units=before.units;
   o.link =before.link;
   o.first=before.first;
   bool dealt=!IsPending(OrderType());
   if(o.link!=0 && dealt)
      EndClaims(o.link);
   if(o.link!=0 && !dealt)
     {
      ls_answered(o.link,REQUEST_ORDER);
      ls_order_gone(o.link);
     }
   if(!report)
      return(0);
   if(!dealt)
      return(SendPendingOrder(o,false,o.units,seen));
   int rc=(IsPending(before.type) ? SendFilling(before,o,seen) : 0);
   if(rc==0)
      rc=SendEnd(o,seen);
   return(rc!=0 ? rc : SendDealMoney());
  }
#endif
