// Sends snapshots: the account, its symbols, positions, allocations and orders.
#ifndef SNAPSHOT_MQH
#define SNAPSHOT_MQH
#define MOST_UNMATCHED_READS 40
#define MOST_DEALS_OF_POSITION 500

// From the selected position.
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

int SendPositionFrame(WirePosition &p,string comment)
  {
   p.age_ms=ServerTimeMsc()-p.time_msc;
   if(p.age_ms<0)
      p.age_ms=0;
   StringToCharArray(comment,p.comment,0,31,CP_UTF8);
   return(ls_position(p));
  }

// Reports the selected position.
int SendPosition()
  {
   WirePosition p;
   ZeroMemory(p);
   FillPosition(p);
   SetReported((long)p.ticket,SelectedUnits());
   return(SendPositionFrame(p,PositionGetString(POSITION_COMMENT)));
  }

// Sends the allocation of a magic number in a netting position. Without the position (allocations of both sides add up to
// zero) the frame has the allocation's own figures and ticket 0.
void SendAllocation(const Allocation &allocation)
  {
   WirePosition p;
   ZeroMemory(p);
   if(PositionSelect(allocation.symbol))
      FillPosition(p);
   p.allocation   =1;
   p.magic   =allocation.magic;
   p.volume  =(allocation.units<0 ? -allocation.units : allocation.units);
   p.side    =(allocation.units<0 ? WIRE_SIDE_SELL : WIRE_SIDE_BUY);
   p.price   =allocation.price;
   p.time_msc=allocation.since_msc;
   StringToCharArray(allocation.symbol,p.symbol,0,31,CP_UTF8);
   SendPositionFrame(p,allocation.comment);
  }

// Sends the deals of a netting position since it was opened: a router that was offline needs them to know its tranches. To
// bound the snapshot's size, the deals of a position with more than MOST_DEALS_OF_POSITION are left out.
void SendDealsOf(ulong position)
  {
   if(!HistorySelectByPosition((long)position) || HistoryDealsTotal()>MOST_DEALS_OF_POSITION)
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
   for(int i=ArraySize(allocations)-1; i>=0; i--)
      SendAllocation(allocations[i]);
   for(int i=0; IsNetting() && i<positions; i++)
      SendDealsOf(PositionAt(i));
   return(sent);
  }

int unmatchedReads=0;

// Reads the allocations. False until the history matches the positions. A history that never matches (some brokers cut off
// old deals) is used as it is after MOST_UNMATCHED_READS.
bool AreAllocationsReady()
  {
   if(!IsNetting())
      return(true);
   bool matches=(ReadAllocations() && DealsMatchPositions());
   unmatchedReads=(matches ? 0 : unmatchedReads+1);
   snapshotDeal=newestDeal;
   return(matches || unmatchedReads>MOST_UNMATCHED_READS);
  }

// Sends a snapshot. False if it is incomplete, because a position or deal came or went meanwhile: it must be sent again.
bool SendSnapshot()
  {
   ForgetReported();
   if(!AreAllocationsReady())
      return(false);
   int positions=PositionsTotal();
   int symbols=SymbolsTotal(true);
   if(ls_snapshot_begin(positions,symbols)!=0)
      return(false);
   ReadAccount(true);
   ls_account(account);
   SendAllOperations();
   for(int s=0; s<symbols; s++)
      SendSymbol(SymbolName(s,true));
   int sent=SendPositions(positions);
   SendPendingOrders();
   bool whole=(sent==positions && PositionsTotal()==positions && !(IsNetting() && HaveNewDealsCome()));
   return(ls_snapshot_end(sent,symbols)==0 && whole);
  }
#endif
