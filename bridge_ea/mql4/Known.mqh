// The open orders as last reported, in the order of the terminal's list.
#ifndef KNOWN_MQH
#define KNOWN_MQH
#define SETTLE_GONE_MS 2000
#define KEEP_GONE_MS 10000
#define NO_FIRST -1

struct KnownOrder
  {
   long   units;
   long   link;
   long   opened_s;
   long   expires_s;
   ulong  gone_ms;     // of one that left the list: since when
   ulong  reported_ms;     // of one that left the list: since when its end is told; 0: not yet
   double price;
   double sl;
   double tp;
   int    ticket;
   int    type;
   int    magic;
   int    first;       // the ticket that its position began with; 0: this one; NO_FIRST: its comment names an order that nobody knows
   bool   present;     // it is in the list that is being compared
  };

KnownOrder knownOrders[];
KnownOrder newestOrders[];   // the list that is being compared with `knownOrders`
KnownOrder goneOrders[];     // orders that left the list a moment ago: the rest of a partial close may still appear

// From the selected order, without its link and its first ticket.
void ReadKnown(KnownOrder &o)
  {
   o.ticket   =OrderTicket();
   o.type     =OrderType();
   o.magic    =OrderMagicNumber();
   o.units    =UnitsOf(OrderLots());
   o.price    =OrderOpenPrice();
   o.sl       =OrderStopLoss();
   o.tp       =OrderTakeProfit();
   o.opened_s =(long)OrderOpenTime();
   o.expires_s=(long)OrderExpiration();
   o.link     =0;
   o.first    =0;
   o.gone_ms  =0;
   o.reported_ms  =0;
   o.present  =false;
  }

// Whether the selected order is as it was reported. A new market price of an open position is no change.
bool IsAsKnown(const KnownOrder &o)
  {
   return(o.ticket==OrderTicket() && o.type==OrderType() && o.units==UnitsOf(OrderLots()) && o.sl==OrderStopLoss()
          && o.tp==OrderTakeProfit() && o.price==OrderOpenPrice() && o.expires_s==(long)OrderExpiration());
  }

// The place of a ticket in `knownOrders`, looked for around `near` first: lists seldom change much. -1 if it is not there.
int FindKnown(int ticket,int near)
  {
   int count=ArraySize(knownOrders);
   for(int i=near-2; i<=near+2; i++)
      if(i>=0 && i<count && knownOrders[i].ticket==ticket)
         return(i);
   for(int i=0; i<count; i++)
      if(knownOrders[i].ticket==ticket)
         return(i);
   return(-1);
  }

int FindGone(int ticket)
  {
   for(int i=ArraySize(goneOrders)-1; i>=0; i--)
      if(goneOrders[i].ticket==ticket)
         return(i);
   return(-1);
  }

// Whether the order `before` may be the one that was closed in part and left `o`: a rest keeps symbol, side, magic number,
// time and price of its opening. A number in a comment alone proves nothing, since the broker may have cut it to the number
// of another order.
bool IsRestOf(int before,const KnownOrder &o,string symbol)
  {
   return(OrderSelect(before,SELECT_BY_TICKET) && OrderSymbol()==symbol && OrderType()==o.type && OrderMagicNumber()==o.magic
          && (long)OrderOpenTime()==o.opened_s && OrderOpenPrice()==o.price);
  }

// The order that left the list when its rest `o` appeared: the one that the comment names, or where the broker cuts comments
// the only possible one. -1 if there is none.
int FindGoneBefore(const KnownOrder &o,string symbol,int named)
  {
   int found=-1;
   for(int i=ArraySize(goneOrders)-1; i>=0; i--)
     {
      if(goneOrders[i].units<=o.units || !IsRestOf(goneOrders[i].ticket,o,symbol))
         continue;
      if(goneOrders[i].ticket==named)
         return(i);
      if(found<0)
         found=i;
     }
   return(found);
  }

void AddGone(const KnownOrder &o)
  {
   int count=ArraySize(goneOrders);
   ArrayResize(goneOrders,count+1,64);
   goneOrders[count]=o;
   goneOrders[count].gone_ms=NowMs();
  }

void RemoveGone(int i)
  {
   int last=ArraySize(goneOrders)-1;
   goneOrders[i]=goneOrders[last];
   ArrayResize(goneOrders,last,64);
  }

// Whether an order left the list and its end is not known yet.
bool IsAnyMissed()
  {
   for(int i=ArraySize(goneOrders)-1; i>=0; i--)
      if(goneOrders[i].reported_ms==0)
         return(true);
   return(false);
  }

void ForgetOldGone()
  {
   for(int i=ArraySize(goneOrders)-1; i>=0; i--)
      if(goneOrders[i].reported_ms!=0 && NowMs()-goneOrders[i].reported_ms>KEEP_GONE_MS)
         RemoveGone(i);
  }

void ForgetKnown()
  {
   ArrayResize(knownOrders,0);
   ArrayResize(goneOrders,0);
  }
#endif
