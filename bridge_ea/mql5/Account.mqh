// The account as the terminal shows it now.
#ifndef ACCOUNT_MQH
#define ACCOUNT_MQH
WireAccount account;

// The switches between a program and the broker's server that are on.
uint Permissions()
  {
   uint bits=WIRE_PERMISSION_SAID;
   if(AccountInfoInteger(ACCOUNT_TRADE_ALLOWED)!=0)
      bits+=WIRE_PERMISSION_ACCOUNT;
   if(AccountInfoInteger(ACCOUNT_TRADE_EXPERT)!=0)
      bits+=WIRE_PERMISSION_EXPERTS;
   if(TerminalInfoInteger(TERMINAL_TRADE_ALLOWED)!=0)
      bits+=WIRE_PERMISSION_AUTOTRADING;
   if(MQLInfoInteger(MQL_TRADE_ALLOWED)!=0)
      bits+=WIRE_PERMISSION_PROGRAM;
   if(ClosesInOrder())
      bits+=WIRE_PERMISSION_FIFO;
   return(bits);
  }

bool TradeAllowed()
  {
   return(TerminalInfoInteger(TERMINAL_TRADE_ALLOWED)!=0 && MQLInfoInteger(MQL_TRADE_ALLOWED)!=0
          && AccountInfoInteger(ACCOUNT_TRADE_ALLOWED)!=0 && AccountInfoInteger(ACCOUNT_TRADE_EXPERT)!=0);
  }

// The identity of the account that the terminal is logged in to.
void ReadIdentity()
  {
   account.login     =AccountInfoInteger(ACCOUNT_LOGIN);
   account.trade_mode=(uint)AccountInfoInteger(ACCOUNT_TRADE_MODE);
   StringToCharArray(AccountInfoString(ACCOUNT_SERVER),account.server,0,63,CP_UTF8);
  }

void ReadMoney()
  {
   account.balance    =AccountInfoDouble(ACCOUNT_BALANCE);
   account.equity     =AccountInfoDouble(ACCOUNT_EQUITY);
   account.credit     =AccountInfoDouble(ACCOUNT_CREDIT);
   account.margin_free=FreeMargin();
  }

// Without a broker connection the terminal's figures mean nothing, so the last ones stay and only `connected` changes. They
// also stay until the history explains the newest ones.
void ReadAccount(bool connected)
  {
   account.connected    =(uint)connected;
   account.trade_allowed=(uint)TradeAllowed();
   account.permissions  =Permissions();
   account.build        =(uint)TerminalInfoInteger(TERMINAL_BUILD);
   account.platform     =PLATFORM;
   if(!connected)
      return;
   ReadIdentity();
   if(IsMoneySettled(NowMs()))
      ReadMoney();
   account.server_time_msc=ServerTimeMsc();
   account.leverage       =(uint)AccountInfoInteger(ACCOUNT_LEVERAGE);
   account.margin_mode    =MarginMode();
   account.capabilities   =WIRE_CAPABILITY_ORDERS+WIRE_CAPABILITY_QUOTES+(IsNetting() ? WIRE_CAPABILITY_NET : 0);
   account.currency_digits=CurrencyDigits();
   StringToCharArray(AccountInfoString(ACCOUNT_CURRENCY),account.currency,0,15,CP_UTF8);
   StringToCharArray(AccountInfoString(ACCOUNT_COMPANY),account.company,0,63,CP_UTF8);
  }
#endif
