// Reports orders, open ones and past ones, as the wire's positions, deals and pending orders.
#ifndef REPORT_MQH
#define REPORT_MQH
// MT4 has no deals. An order's opening is reported as the deal with its ticket, its end as the deal with its ticket plus
// this number.
#define DEAL_OF_END 4294967296

// The comment on the wire: the rest of a partial close names its first order, whatever comment the broker wrote. If the
// number in a comment names no order, the broker has cut it, and it could be mistaken for another order's.
string CommentOf(const KnownOrder &o)
  {
   if(o.first==NO_FIRST)
      return("");
   return(o.first!=0 ? "from #"+IntegerToString(o.first) : OrderComment());
  }

// The functions below read the terminal's data of the selected order, which must be the given one.
void FillTrade(WireTrade &t,const KnownOrder &o,long seen)
  {
   t.order   =(ulong)o.ticket;
   t.position=(ulong)o.ticket;
   t.magic   =o.magic;
   t.link    =o.link;
   t.volume  =o.units;
   t.sl      =o.sl;
   t.tp      =o.tp;
   t.seen_ns =seen;
   StringToCharArray(OrderSymbol(),t.symbol,0,31,CP_UTF8);
   StringToCharArray(CommentOf(o),t.comment,0,31,CP_UTF8);
  }

int SendOpening(const KnownOrder &o,long seen)
  {
   WireTrade t;
   ZeroMemory(t);
   FillTrade(t,o,seen);
   t.deal    =(ulong)o.ticket;
   t.price   =o.price;
   t.time_msc=o.opened_s*1000;
   t.side    =(uint)o.type;
   t.entry   =WIRE_DEAL_ENTRY_IN;
   return(ls_trade(t));
  }

// The lots that the end of an order closed, which are the lots of this part in the history. An order that was closed by
// another one may have none there.
long UnitsClosed(const KnownOrder &o)
  {
   long units=UnitsOf(OrderLots());
   return(units>0 && units<o.units ? units : o.units);
  }

int SendEnd(const KnownOrder &o,long seen)
  {
   WireTrade t;
   ZeroMemory(t);
   FillTrade(t,o,seen);
   t.deal    =(ulong)o.ticket+DEAL_OF_END;
   t.volume  =UnitsClosed(o);
   t.price   =OrderClosePrice();
   t.time_msc=(long)OrderCloseTime()*1000;
   t.side    =(uint)(1-o.type);
   t.entry   =(Opposite(OrderComment())!=0 ? WIRE_DEAL_ENTRY_OUT_BY : WIRE_DEAL_ENTRY_OUT);
   StringToCharArray(OrderComment(),t.comment,0,31,CP_UTF8);
   return(ls_trade(t));
  }

int SendStops(const KnownOrder &o,long seen)
  {
   WireStops s;
   ZeroMemory(s);
   s.position=(ulong)o.ticket;
   s.magic   =o.magic;
   s.sl      =o.sl;
   s.tp      =o.tp;
   s.time_msc=ServerTimeMsc();
   s.seen_ns =seen;
   StringToCharArray(OrderSymbol(),s.symbol,0,31,CP_UTF8);
   return(ls_stops(s));
  }

long AgeMs(long since_s)
  {
   long age=ServerTimeMsc()-since_s*1000;
   return(age<0 ? 0 : age);
  }

// `left`: the unfilled lots. An ended order with nothing left was filled.
int SendPendingOrder(const KnownOrder &o,bool works,long left,long seen)
  {
   WirePendingOrder p;
   ZeroMemory(p);
   p.ticket     =(ulong)o.ticket;
   p.magic      =o.magic;
   p.link       =o.link;
   p.volume     =o.units;
   p.left       =left;
   p.price      =o.price;
   p.sl         =o.sl;
   p.tp         =o.tp;
   p.expires_msc=o.expires_s*1000;
   p.age_ms     =AgeMs(o.opened_s);
   p.time_msc   =o.opened_s*1000;
   p.seen_ns    =seen;
   p.order_kind =(uint)o.type;
   p.working    =(uint)works;
   StringToCharArray(OrderSymbol(),p.symbol,0,31,CP_UTF8);
   StringToCharArray(OrderComment(),p.comment,0,31,CP_UTF8);
   return(ls_order(p));
  }

int SendPosition(const KnownOrder &o)
  {
   WirePosition p;
   ZeroMemory(p);
   p.ticket  =(ulong)o.ticket;
   p.magic   =o.magic;
   p.link    =o.link;
   p.volume  =o.units;
   p.price   =o.price;
   p.sl      =o.sl;
   p.tp      =o.tp;
   p.time_msc=o.opened_s*1000;
   p.age_ms  =AgeMs(o.opened_s);
   p.side    =(uint)o.type;
   StringToCharArray(OrderSymbol(),p.symbol,0,31,CP_UTF8);
   StringToCharArray(CommentOf(o),p.comment,0,31,CP_UTF8);
   return(ls_position(p));
  }

// What the selected order earned and cost. MT4 books all of it at the order's end.
int SendDealMoney()
  {
   WireDealMoney m;
   ZeroMemory(m);
   m.position  =(ulong)OrderTicket();
   m.deal      =m.position+DEAL_OF_END;
   m.order     =m.position;
   m.magic     =OrderMagicNumber();
   m.link      =ls_link_of(OrderTicket());
   m.time_msc  =(long)OrderCloseTime()*1000;
   m.profit    =OrderProfit();
   m.commission=OrderCommission();
   m.swap      =OrderSwap();
   m.closes    =(ulong)Opposite(OrderComment());
   m.entry     =(m.closes!=0 ? WIRE_DEAL_ENTRY_OUT_BY : WIRE_DEAL_ENTRY_OUT);
   m.reason    =ReasonOfEnd(OrderComment());
   // The end of a buy is a sell.
   m.volume    =UnitsOf(OrderLots())*(OrderType()==OP_BUY ? -1 : 1);
   m.price     =OrderClosePrice();
   StringToCharArray(OrderSymbol(),m.symbol,0,31,CP_UTF8);
   return(ls_deal_money(m));
  }

// MQL5's ENUM_DEAL_REASON. MT4 gives three of them in comments: 4 stop loss, 5 take profit, 6 stop out. 0: any other.
uint ReasonOfEnd(string comment)
  {
   if(StringFind(comment,"[sl]")>=0)
      return(4);
   if(StringFind(comment,"[tp]")>=0)
      return(5);
   return(StringFind(comment,"so:")>=0 ? 6 : 0);
  }
#endif
