// Reports deals, stops and outcomes.
#ifndef TRADES_MQH
#define TRADES_MQH
// The deal from the history, with its position's present stops. If the position is gone, the stops that the caller set (the
// transaction's) stay.
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

bool IsToReport(const WireTrade &t)
  {
   long units=(t.side==WIRE_SIDE_SELL ? -t.volume : t.volume);
   return(IsNetting() ? RecordNetDeal(t.deal,t.position,units) : RecordDeal(t.position,t.entry,units));
  }

// Reports a deal. 0: done, 1: the history has no such deal, so a snapshot is needed, -1: the connection is gone.
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
   int rc=(IsToReport(t) ? ls_trade(t) : 0);
   ls_dealt(t.magic);
   return(rc!=0 ? rc : SendDealMoney(trans.deal));
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

// Whether the broker carried out the request. For a pending order PLACED is enough.
bool IsDone(const MqlTradeRequest &request,uint retcode)
  {
   if(request.action==TRADE_ACTION_PENDING && retcode==TRADE_RETCODE_PLACED)
      return(true);
   return(retcode==TRADE_RETCODE_DONE || retcode==TRADE_RETCODE_DONE_PARTIAL || retcode==TRADE_RETCODE_NO_CHANGES);
  }

void FillOutcome(WireResult &r,const MqlTradeRequest &request,const MqlTradeResult &result)
  {
   int kind=RequestKindOf(request);
   r.link     =(long)request.magic;
   r.request  =result.request_id;
   r.order    =result.order;
   r.deal     =result.deal;
   r.position =(RequestPosition(request)!=0 ? PositionOfTicket(RequestPosition(request)) : result.order);
   r.price    =result.price;
   r.called_ns=ls_claimed_ns(r.link,kind);
   r.retcode  =result.retcode;
   r.stage    =(IsDone(request,result.retcode) ? WIRE_STAGE_DONE : WIRE_STAGE_REJECTED);
   r.volume   =(SelectPosition(r.position) ? UnitsOf(PositionGetDouble(POSITION_VOLUME)) : 0);
   r.action   =ActionOf(request,(uint)ls_in_flight(r.link,kind),r.volume);
   StringToCharArray(result.comment,r.comment,0,31,CP_UTF8);
  }

// The action that led to a request. `claimed` is the action in flight for its link; 0 if the claim has ended already,
// because the deal came before this answer and the claim was given up before.
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

// Whether the retcode settles the order's outcome.
bool IsLastWord(const MqlTradeRequest &request,uint retcode)
  {
   // After a timeout, a lost connection or an error in the broker's processing, the order may have been carried out. Its
   // link stays in flight until its position, a deal or a later answer.
   return(IsDone(request,retcode) || (retcode!=TRADE_RETCODE_PLACED && retcode!=TRADE_RETCODE_TIMEOUT
          && retcode!=TRADE_RETCODE_CONNECTION && retcode!=TRADE_RETCODE_ERROR));
  }

// Reports the broker's last word on an order that the service sent.
int SendOutcome(const MqlTradeRequest &request,const MqlTradeResult &result)
  {
   if(request.magic==0 || !IsLastWord(request,result.retcode))
      return(0);
   WireResult r;
   ZeroMemory(r);
   FillOutcome(r,request,result);
   if(r.stage==WIRE_STAGE_DONE)
      ls_answered(r.link,RequestKindOf(request));
   else
      ls_release(r.link,RequestKindOf(request));
   return(ls_outcome(r));
  }
#endif
