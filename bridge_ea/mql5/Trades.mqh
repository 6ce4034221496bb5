// What happens to the account, as frames.
#ifndef TRADES_MQH
#define TRADES_MQH
// Tells a deal that is news. 0, or -1 where the connection is gone.
int SendDeal(const MqlTradeTransaction &trans,long seen)
  {
   WireTrade t;
   ZeroMemory(t);
   t.deal    =trans.deal;
   t.order   =trans.order;
   t.position=TransPosition(trans);
   t.volume  =UnitsOf(trans.volume);
   t.price   =trans.price;
   t.sl      =trans.price_sl;
   t.tp      =trans.price_tp;
   t.side    =(uint)trans.deal_type;
   t.seen_ns =seen;
   t.time_msc=ServerTimeMsc();
   string comment="";
   if(HistoryDealSelect(trans.deal))
     {
      t.magic   =HistoryDealGetInteger(trans.deal,DEAL_MAGIC);
      t.time_msc=HistoryDealGetInteger(trans.deal,DEAL_TIME_MSC);
      t.entry   =(uint)HistoryDealGetInteger(trans.deal,DEAL_ENTRY);
      comment   =HistoryDealGetString(trans.deal,DEAL_COMMENT);
     }
   if(SelectPosition(t.position))
     {
      t.sl=PositionGetDouble(POSITION_SL);
      t.tp=PositionGetDouble(POSITION_TP);
     }
   StringToCharArray(trans.symbol,t.symbol,0,31,CP_UTF8);
   StringToCharArray(comment,t.comment,0,31,CP_UTF8);
   int rc=0;
   if(TakeDeal(t.position,t.entry,t.volume))
      rc=ls_trade(t);
   ls_dealt(t.magic);
   return(rc);
  }

int SendStops(const MqlTradeTransaction &trans,long seen)
  {
   WireStops s;
   ZeroMemory(s);
   s.position=TransPosition(trans);
   s.sl      =trans.price_sl;
   s.tp      =trans.price_tp;
   s.time_msc=ServerTimeMsc();
   s.seen_ns =seen;
   if(SelectPosition(s.position))
      s.magic=PositionGetInteger(POSITION_MAGIC);
   StringToCharArray(trans.symbol,s.symbol,0,31,CP_UTF8);
   return(ls_stops(s));
  }

bool IsDone(uint retcode)
  {
   return(retcode==TRADE_RETCODE_DONE || retcode==TRADE_RETCODE_DONE_PARTIAL || retcode==TRADE_RETCODE_NO_CHANGES);
  }

void FillOutcome(WireResult &r,const MqlTradeRequest &request,const MqlTradeResult &result)
  {
   int stops=(request.action==TRADE_ACTION_SLTP ? ANY_STOPS : ANY_VOLUME);
   r.link     =(long)request.magic;
   r.request  =result.request_id;
   r.order    =result.order;
   r.deal     =result.deal;
   r.position =(RequestPosition(request)!=0 ? RequestPosition(request) : result.order);
   r.price    =result.price;
   r.called_ns=ls_claimed(r.link,stops);
   r.action   =(uint)ls_pending(r.link,stops);
   r.retcode  =result.retcode;
   r.stage    =(IsDone(result.retcode) ? WIRE_STAGE_DONE : WIRE_STAGE_REJECTED);
   r.volume   =(SelectPosition(r.position) ? UnitsOf(PositionGetDouble(POSITION_VOLUME)) : 0);
   if(r.action==0)
      r.action=GuessAction(request,r.volume);
   StringToCharArray(result.comment,r.comment,0,31,CP_UTF8);
  }

// The mark of a link is gone already where its deal came before the answer and an earlier answer had been given up.
uint GuessAction(const MqlTradeRequest &request,long left)
  {
   if(request.action==TRADE_ACTION_SLTP)
      return(WIRE_ACTION_SET_STOPS);
   if(RequestPosition(request)==0)
      return(WIRE_ACTION_OPEN);
   return(left>0 ? WIRE_ACTION_SET_VOLUME : WIRE_ACTION_CLOSE);
  }

// PLACED is not the last word, and after a timeout, a lost connection or an error in the broker's processing the order may have been carried out all the same:
// such a link stays under way until its position, its deals or a later answer say more.
bool IsLastWord(uint retcode)
  {
   return(retcode!=TRADE_RETCODE_PLACED && retcode!=TRADE_RETCODE_TIMEOUT && retcode!=TRADE_RETCODE_CONNECTION
          && retcode!=TRADE_RETCODE_ERROR);
  }

// The broker's last word on an order that the service sent.
int SendOutcome(const MqlTradeRequest &request,const MqlTradeResult &result)
  {
   if(request.magic==0 || !IsLastWord(result.retcode))
      return(0);
   WireResult r;
   ZeroMemory(r);
   FillOutcome(r,request,result);
   int stops=(request.action==TRADE_ACTION_SLTP ? ANY_STOPS : ANY_VOLUME);
   if(r.stage==WIRE_STAGE_DONE)
      ls_answered(r.link,stops);
   else
      ls_release(r.link,stops);
   return(ls_outcome(r));
  }

int SendTick(string name)
  {
   MqlTick tick;
   if(!SymbolInfoTick(name,tick))
      return(0);
   WireTick t;
   ZeroMemory(t);
   t.bid     =tick.bid;
   t.ask     =tick.ask;
   t.time_msc=TickTimeMsc(tick);
   StringToCharArray(name,t.symbol,0,31,CP_UTF8);
   return(ls_tick(t));
  }
#endif
