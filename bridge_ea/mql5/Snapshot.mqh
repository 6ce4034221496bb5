// The account, its symbols and its positions as frames.
#ifndef SNAPSHOT_MQH
#define SNAPSHOT_MQH
#define UNEVEN_LOOKS 40
#define MOST_DEALS   500
WireAccount account;

long ServerTimeMsc()
  {
   return((long)TimeTradeServer()*1000);
  }

bool TradeAllowed()
  {
   return(TerminalInfoInteger(TERMINAL_TRADE_ALLOWED)!=0 && MQLInfoInteger(MQL_TRADE_ALLOWED)!=0
          && AccountInfoInteger(ACCOUNT_TRADE_ALLOWED)!=0 && AccountInfoInteger(ACCOUNT_TRADE_EXPERT)!=0);
  }

// Without a connection the terminal's figures mean nothing: then the last good ones are kept and only the flag changes.
void ReadAccount(bool connected)
  {
   account.connected    =(uint)connected;
   account.trade_allowed=(uint)TradeAllowed();
   account.build        =(uint)TerminalInfoInteger(TERMINAL_BUILD);
   account.platform     =5;
   if(!connected)
      return;
   account.login          =AccountInfoInteger(ACCOUNT_LOGIN);
   account.balance        =AccountInfoDouble(ACCOUNT_BALANCE);
   account.equity         =AccountInfoDouble(ACCOUNT_EQUITY);
   account.margin_free    =FreeMargin();
   account.server_time_msc=ServerTimeMsc();
   account.leverage       =(uint)AccountInfoInteger(ACCOUNT_LEVERAGE);
   account.margin_mode    =MarginMode();
   account.capabilities   =WIRE_CAPABILITY_ORDERS+(IsNetting() ? WIRE_CAPABILITY_NET : 0);
   account.currency_digits=CurrencyDigits();
   StringToCharArray(AccountInfoString(ACCOUNT_CURRENCY),account.currency,0,15,CP_UTF8);
   StringToCharArray(AccountInfoString(ACCOUNT_SERVER),account.server,0,63,CP_UTF8);
   StringToCharArray(AccountInfoString(ACCOUNT_COMPANY),account.company,0,63,CP_UTF8);
  }

int SendSymbol(string name)
  {
   WireSymbol s;
   ZeroMemory(s);
   s.contract_size=SymbolInfoDouble(name,SYMBOL_TRADE_CONTRACT_SIZE);
   s.point        =SymbolInfoDouble(name,SYMBOL_POINT);
   s.tick_size    =SymbolInfoDouble(name,SYMBOL_TRADE_TICK_SIZE);
   s.tick_value   =SymbolInfoDouble(name,SYMBOL_TRADE_TICK_VALUE);
   s.volume_min   =UnitsOf(SymbolInfoDouble(name,SYMBOL_VOLUME_MIN));
   s.volume_max   =UnitsOf(SymbolInfoDouble(name,SYMBOL_VOLUME_MAX));
   s.volume_step  =UnitsOf(SymbolInfoDouble(name,SYMBOL_VOLUME_STEP));
   s.digits       =(uint)SymbolInfoInteger(name,SYMBOL_DIGITS);
   s.stops_level  =(uint)SymbolInfoInteger(name,SYMBOL_TRADE_STOPS_LEVEL);
   s.freeze_level =(uint)SymbolInfoInteger(name,SYMBOL_TRADE_FREEZE_LEVEL);
   s.trade_mode   =(uint)SymbolInfoInteger(name,SYMBOL_TRADE_MODE);
   s.filling      =(uint)SymbolInfoInteger(name,SYMBOL_FILLING_MODE);
   s.calc_mode    =(uint)SymbolInfoInteger(name,SYMBOL_TRADE_CALC_MODE);
   StringToCharArray(name,s.symbol,0,31,CP_UTF8);
   StringToCharArray(SymbolInfoString(name,SYMBOL_CURRENCY_BASE),s.currency_base,0,15,CP_UTF8);
   StringToCharArray(SymbolInfoString(name,SYMBOL_CURRENCY_PROFIT),s.currency_profit,0,15,CP_UTF8);
   StringToCharArray(SymbolInfoString(name,SYMBOL_CURRENCY_MARGIN),s.currency_margin,0,15,CP_UTF8);
   return(ls_symbol(s));
  }

// Of the selected position.
void FillPosition(WirePosition &p)
  {
   p.ticket  =SelectedPosition();
   p.magic   =PositionGetInteger(POSITION_MAGIC);
   p.volume  =UnitsOf(PositionGetDouble(POSITION_VOLUME));
   p.price   =PositionGetDouble(POSITION_PRICE_OPEN);
   p.sl      =PositionGetDouble(POSITION_SL);
   p.tp      =PositionGetDouble(POSITION_TP);
   p.time_msc=PositionGetInteger(POSITION_TIME_MSC);
   p.side    =(uint)PositionGetInteger(POSITION_TYPE);
   StringToCharArray(PositionGetString(POSITION_SYMBOL),p.symbol,0,31,CP_UTF8);
  }

int TellPosition(WirePosition &p,string comment)
  {
   p.age_ms=ServerTimeMsc()-p.time_msc;
   if(p.age_ms<0)
      p.age_ms=0;
   StringToCharArray(comment,p.comment,0,31,CP_UTF8);
   return(ls_position(p));
  }

// The position that is selected.
int SendPosition()
  {
   WirePosition p;
   ZeroMemory(p);
   FillPosition(p);
   SetTold((long)p.ticket,SelectedUnits());
   return(TellPosition(p,PositionGetString(POSITION_COMMENT)));
  }

// What a magic has of a netting position; of one that is flat, where shares of both sides came to nothing, it is all there is.
void SendShare(const Share &share)
  {
   WirePosition p;
   ZeroMemory(p);
   if(PositionSelect(share.symbol))
      FillPosition(p);
   p.allocation   =1;
   p.magic   =share.magic;
   p.volume  =(share.units<0 ? -share.units : share.units);
   p.side    =(share.units<0 ? WIRE_SIDE_SELL : WIRE_SIDE_BUY);
   p.price   =share.price;
   p.time_msc=share.since_msc;
   StringToCharArray(share.symbol,p.symbol,0,31,CP_UTF8);
   TellPosition(p,share.comment);
  }

// What made a netting position, deal by deal since it was opened: a router that was away does not know what was added to it, and when.
// One of very many deals is told as a whole.
void SendDealsOf(ulong position)
  {
   if(!HistorySelectByPosition((long)position) || HistoryDealsTotal()>MOST_DEALS)
      return;
   for(int i=0; i<HistoryDealsTotal(); i++)
     {
      ulong deal=HistoryDealGetTicket(i);
      long type=HistoryDealGetInteger(deal,DEAL_TYPE);
      if(type!=DEAL_TYPE_BUY && type!=DEAL_TYPE_SELL)
         continue;
      WireTrade t;
      ZeroMemory(t);
      FillTrade(t,deal);
      ls_trade(t);
     }
  }

int SendPositions(int positions)
  {
   int sent=0;
   for(int i=0; i<positions; i++)
      if(PositionAt(i)!=0 && SendPosition()==0)
         sent++;
   for(int i=ArraySize(shares)-1; i>=0; i--)
      SendShare(shares[i]);
   for(int i=0; IsNetting() && i<positions; i++)
      SendDealsOf(PositionAt(i));
   return(sent);
  }

int unevenLooks=0;

// Shares are worth telling only where they are of the positions that are told. A history that never adds up (a broker may have
// cut it) is told as it is in the end.
bool AreSharesRead()
  {
   if(!IsNetting())
      return(true);
   bool even=(ReadShares() && AreSharesEven());
   unevenLooks=(even ? 0 : unevenLooks+1);
   toldDeal=newestDeal;
   return(even || unevenLooks>UNEVEN_LOOKS);
  }

// True once the snapshot is whole and on its way. A position that vanished meanwhile makes it say so and be sent again.
bool SendSnapshot()
  {
   ForgetTold();
   if(!AreSharesRead())
      return(false);
   int positions=PositionsTotal();
   int symbols=SymbolsTotal(true);
   if(ls_snapshot_begin(positions,symbols)!=0)
      return(false);
   ReadAccount(true);
   ls_account(account);
   for(int s=0; s<symbols; s++)
      SendSymbol(SymbolName(s,true));
   int sent=SendPositions(positions);
   SendPendings();
   bool whole=(sent==positions && PositionsTotal()==positions && !(IsNetting() && HaveDealsCome()));
   return(ls_snapshot_end(sent,symbols)==0 && whole);
  }
#endif
