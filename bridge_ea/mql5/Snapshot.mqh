// The account, its symbols and its positions as frames.
#ifndef SNAPSHOT_MQH
#define SNAPSHOT_MQH
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

// The position that is selected.
int SendPosition()
  {
   WirePosition p;
   ZeroMemory(p);
   p.ticket  =SelectedPositionTicket();
   p.magic   =PositionGetInteger(POSITION_MAGIC);
   p.volume  =UnitsOf(PositionGetDouble(POSITION_VOLUME));
   p.price   =PositionGetDouble(POSITION_PRICE_OPEN);
   p.sl      =PositionGetDouble(POSITION_SL);
   p.tp      =PositionGetDouble(POSITION_TP);
   p.time_msc=PositionGetInteger(POSITION_TIME_MSC);
   p.age_ms  =ServerTimeMsc()-p.time_msc;
   p.side    =(uint)PositionGetInteger(POSITION_TYPE);
   if(p.age_ms<0)
      p.age_ms=0;
   StringToCharArray(PositionGetString(POSITION_SYMBOL),p.symbol,0,31,CP_UTF8);
   StringToCharArray(PositionGetString(POSITION_COMMENT),p.comment,0,31,CP_UTF8);
   SetTold(p.ticket,p.volume);
   return(ls_position(p));
  }

// True once the snapshot is whole and on its way. A position that vanished meanwhile makes it say so and be sent again.
bool SendSnapshot()
  {
   int positions=PositionsTotal();
   int symbols=SymbolsTotal(true);
   int sent=0;
   ForgetTold();
   if(ls_snapshot_begin(positions,symbols)!=0)
      return(false);
   ReadAccount(true);
   ls_account(account);
   for(int s=0; s<symbols; s++)
      SendSymbol(SymbolName(s,true));
   for(int i=0; i<positions; i++)
      if(PositionTicketAt(i)!=0 && SendPosition()==0)
         sent++;
   return(ls_snapshot_end(sent,symbols)==0 && sent==positions && PositionsTotal()==positions);
  }
#endif
