// Sends the broker's symbols: those of Market Watch in snapshots, all of them in pages, and each one again when it changes.
#ifndef SYMBOLS_MQH
#define SYMBOLS_MQH
#define MOST_OF_PAGE 256
#define SYMBOLS_PER_PASS 16

// What was sent of each symbol in a page, by its index among all of the broker's. An empty name: nothing yet.
WireSymbol reportedSymbols[];
int nextToCheck=0;

void ReadSymbol(WireSymbol &s,string name)
  {
   ZeroMemory(s);
   s.contract_size=SymbolInfoDouble(name,SYMBOL_TRADE_CONTRACT_SIZE);
   s.point        =SymbolInfoDouble(name,SYMBOL_POINT);
   s.tick_size    =SymbolInfoDouble(name,SYMBOL_TRADE_TICK_SIZE);
   s.tick_value   =SymbolInfoDouble(name,SYMBOL_TRADE_TICK_VALUE);
   s.volume_min   =UnitsOf(SymbolInfoDouble(name,SYMBOL_VOLUME_MIN));
   s.volume_max   =UnitsOf(SymbolInfoDouble(name,SYMBOL_VOLUME_MAX));
   s.volume_step  =UnitsOf(SymbolInfoDouble(name,SYMBOL_VOLUME_STEP));
   s.volume_limit =UnitsOf(VolumeLimitOf(name));
   s.digits       =(uint)SymbolInfoInteger(name,SYMBOL_DIGITS);
   s.stops_level  =(uint)SymbolInfoInteger(name,SYMBOL_TRADE_STOPS_LEVEL);
   s.freeze_level =(uint)SymbolInfoInteger(name,SYMBOL_TRADE_FREEZE_LEVEL);
   s.trade_mode   =TradeModeOf(name);
   s.filling      =FillingModesOf(name);
   s.calc_mode    =CalcModeOf(name);
   s.calc_value   =CalcValueOf(name,s.tick_size);
   StringToCharArray(name,s.symbol,0,31,CP_UTF8);
   StringToCharArray(SymbolInfoString(name,SYMBOL_CURRENCY_BASE),s.currency_base,0,15,CP_UTF8);
   StringToCharArray(SymbolInfoString(name,SYMBOL_CURRENCY_PROFIT),s.currency_profit,0,15,CP_UTF8);
   StringToCharArray(SymbolInfoString(name,SYMBOL_CURRENCY_MARGIN),s.currency_margin,0,15,CP_UTF8);
  }

int SendSymbol(string name)
  {
   WireSymbol s;
   ReadSymbol(s,name);
   return(ls_symbol(s));
  }

// Whether a symbol differs from what was sent.
bool IsOther(const WireSymbol &now,const WireSymbol &before)
  {
   // The tick value of most symbols follows the market, so it counts as changed only above one part in two hundred.
   if(MathAbs(now.tick_value-before.tick_value)>MathAbs(before.tick_value)/200.0)
      return(true);
   if(MathAbs(now.calc_value-before.calc_value)>MathAbs(before.calc_value)/200.0)
      return(true);
   if(now.contract_size!=before.contract_size || now.point!=before.point || now.tick_size!=before.tick_size)
      return(true);
   if(now.volume_min!=before.volume_min || now.volume_max!=before.volume_max || now.volume_step!=before.volume_step)
      return(true);
   if(now.volume_limit!=before.volume_limit)
      return(true);
   if(now.digits!=before.digits || now.stops_level!=before.stops_level || now.freeze_level!=before.freeze_level)
      return(true);
   if(now.trade_mode!=before.trade_mode || now.filling!=before.filling || now.calc_mode!=before.calc_mode)
      return(true);
   return(NameOf(now)!=NameOf(before));
  }

string NameOf(const WireSymbol &s)
  {
   return(CharArrayToString(s.symbol,0,-1,CP_UTF8));
  }

// Reads the symbol with this index and sends it, if that is asked or it differs from what was sent. -1 if the connection is
// gone.
int ReportSymbol(int i,bool asked)
  {
   WireSymbol s;
   ReadSymbol(s,SymbolName(i,false));
   if(!asked && (reportedSymbols[i].symbol[0]==0 || !IsOther(s,reportedSymbols[i])))
      return(0);
   reportedSymbols[i]=s;
   return(ls_symbol(s)==0 ? 0 : -1);
  }

void KnowTotal(int total)
  {
   int known=ArraySize(reportedSymbols);
   if(known==total)
      return;
   ArrayResize(reportedSymbols,total,256);
   for(int i=known; i<total; i++)
      ZeroMemory(reportedSymbols[i]);
  }

// Answers a request for a page of symbols, or for one by its name. -1 if the connection is gone.
int OnSymbolPage(const WireSymbolPage &page)
  {
   WireSymbolPageEnd end;
   ZeroMemory(end);
   end.request=page.request;
   end.first  =page.first;
   end.total  =(uint)SymbolsTotal(false);
   if(page.most==0)
      end.count=(uint)ReportNamed(CharArrayToString(page.symbol,0,-1,CP_UTF8));
   else
      end.count=(uint)ReportPage((int)page.first,(int)page.most,(int)end.total);
   return(ls_symbol_page_end(end)==0 ? 0 : -1);
  }

int ReportNamed(string name)
  {
   return(SymbolSelect(name,true) && SendSymbol(name)==0 ? 1 : 0);
  }

int ReportPage(int first,int most,int total)
  {
   KnowTotal(total);
   int last=(most<MOST_OF_PAGE ? first+most : first+MOST_OF_PAGE);
   if(last>total)
      last=total;
   int count=0;
   for(int i=first; i>=0 && i<last; i++)
      if(ReportSymbol(i,true)==0)
         count++;
   return(count);
  }

// Sends the symbols that changed, checking a few in each pass. -1 if the connection is gone.
int ReportChangedSymbols()
  {
   int count=ArraySize(reportedSymbols);
   for(int n=0; n<SYMBOLS_PER_PASS && n<count; n++)
     {
      nextToCheck=(nextToCheck+1)%count;
      if(ReportSymbol(nextToCheck,false)!=0)
         return(-1);
     }
   return(0);
  }
#endif
