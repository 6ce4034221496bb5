// What happens to the account, as frames.
#ifndef TRADES_MQH
#define TRADES_MQH
// The deal as the history has it, and the stops of its position now. Of a position that is gone the deal's own are all there is.
void FillTrade(WireTrade &t,ulong deal)
  {
   t.deal    =deal;
   t.order   =(ulong)HistoryDealGetInteger(deal,DEAL_ORDER);
   t.position=(ulong)HistoryDealGetInteger(deal,DEAL_POSITION_ID);
   t.magic   =HistoryDealGetInteger(deal,DEAL_MAGIC);
   t.volume  =UnitsOf(HistoryDealGetDouble(deal,DEAL_VOLUME));
   t.price   =HistoryDealGetDouble(deal,DEAL_PRICE);
   t.time_msc=HistoryDealGetInteger(deal,DEAL_TIME_MSC);
   t.side    =(uint)HistoryDealGetInteger(deal,DEAL_TYPE);
   t.entry   =(uint)HistoryDealGetInteger(deal,DEAL_ENTRY);
   if(SelectPosition(t.position))
     {
      t.sl=PositionGetDouble(POSITION_SL);
      t.tp=PositionGetDouble(POSITION_TP);
     }
   StringToCharArray(HistoryDealGetString(deal,DEAL_SYMBOL),t.symbol,0,31,CP_UTF8);
   StringToCharArray(HistoryDealGetString(deal,DEAL_COMMENT),t.comment,0,31,CP_UTF8);
  }

bool IsNews(const WireTrade &t)
  {
   long units=(t.side==WIRE_SIDE_SELL ? -t.volume : t.volume);
   return(IsNetting() ? TakeNetDeal(t.deal,t.position,units) : TakeDeal(t.position,t.entry,units));
  }

// Tells a deal that is news. 0, 1 where only a snapshot can tell, or -1 where the connection is gone.
int SendDeal(const MqlTradeTransaction &trans,long seen)
  {
   if(!HistoryDealSelect(trans.deal))
      return(1);
   WireTrade t;
   ZeroMemory(t);
   t.sl     =trans.price_sl;
   t.tp     =trans.price_tp;
   t.seen_ns=seen;
   FillTrade(t,trans.deal);
   int rc=(IsNews(t) ? ls_trade(t) : 0);
   ls_dealt(t.magic);
   return(rc);
  }

int SendStops(const MqlTradeTransaction &trans,long seen)
  {
   WireStops s;
   ZeroMemory(s);
   s.position=PositionOfTicket(TransPosition(trans));
   s.sl      =trans.price_sl;
   s.tp      =trans.price_tp;
   s.time_msc=ServerTimeMsc();
   s.seen_ns =seen;
   if(SelectPosition(s.position))
      s.magic=PositionGetInteger(POSITION_MAGIC);
   StringToCharArray(trans.symbol,s.symbol,0,31,CP_UTF8);
   return(ls_stops(s));
  }

// A pending order that was placed is all that was asked for.
bool IsDone(const MqlTradeRequest &request,uint retcode)
  {
   if(request.action==TRADE_ACTION_PENDING && retcode==TRADE_RETCODE_PLACED)
      return(true);
   return(retcode==TRADE_RETCODE_DONE || retcode==TRADE_RETCODE_DONE_PARTIAL || retcode==TRADE_RETCODE_NO_CHANGES);
  }

void FillOutcome(WireResult &r,const MqlTradeRequest &request,const MqlTradeResult &result)
  {
   int matter=MatterOf(request);
   r.link     =(long)request.magic;
   r.request  =result.request_id;
   r.order    =result.order;
   r.deal     =result.deal;
   r.position =(RequestPosition(request)!=0 ? PositionOfTicket(RequestPosition(request)) : result.order);
   r.price    =result.price;
   r.called_ns=ls_claimed(r.link,matter);
   r.retcode  =result.retcode;
   r.stage    =(IsDone(request,result.retcode) ? WIRE_STAGE_DONE : WIRE_STAGE_REJECTED);
   r.volume   =(SelectPosition(r.position) ? UnitsOf(PositionGetDouble(POSITION_VOLUME)) : 0);
   r.action   =ActionOf(request,(uint)ls_pending(r.link,matter),r.volume);
   StringToCharArray(result.comment,r.comment,0,31,CP_UTF8);
  }

// The command that a request came of. `claimed` is what is under way for its link; that is gone already where its deal came before
// the answer and an earlier answer had been given up.
uint ActionOf(const MqlTradeRequest &request,uint claimed,long left)
  {
   switch((int)request.action)
     {
      case TRADE_ACTION_SLTP:
         return(WIRE_ACTION_SET_STOPS);
      case TRADE_ACTION_PENDING:
         return(WIRE_ACTION_PLACE);
      case TRADE_ACTION_MODIFY:
         return(WIRE_ACTION_SET_ORDER);
      case TRADE_ACTION_REMOVE:
         return(WIRE_ACTION_DELETE);
     }
   if(IsNetting())
      return(WIRE_ACTION_SET_NET);
   if(claimed!=0)
      return(claimed);
   if(RequestPosition(request)==0)
      return(WIRE_ACTION_OPEN);
   return(left>0 ? WIRE_ACTION_SET_VOLUME : WIRE_ACTION_CLOSE);
  }

// PLACED is not the last word, and after a timeout, a lost connection or an error in the broker's processing the order may have been carried out all the same:
// such a link stays under way until its position, its deals or a later answer say more.
bool IsLastWord(const MqlTradeRequest &request,uint retcode)
  {
   return(IsDone(request,retcode) || (retcode!=TRADE_RETCODE_PLACED && retcode!=TRADE_RETCODE_TIMEOUT
          && retcode!=TRADE_RETCODE_CONNECTION && retcode!=TRADE_RETCODE_ERROR));
  }

// The broker's last word on an order that the service sent.
int SendOutcome(const MqlTradeRequest &request,const MqlTradeResult &result)
  {
   if(request.magic==0 || !IsLastWord(request,result.retcode))
      return(0);
   WireResult r;
   ZeroMemory(r);
   FillOutcome(r,request,result);
   if(r.stage==WIRE_STAGE_DONE)
      ls_answered(r.link,MatterOf(request));
   else
      ls_release(r.link,MatterOf(request));
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
