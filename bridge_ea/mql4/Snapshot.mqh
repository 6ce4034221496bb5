// Sends snapshots: the account, its symbols, positions and pending orders.
#ifndef SNAPSHOT_MQH
#define SNAPSHOT_MQH
int CountPositions()
  {
   int count=0;
   for(int i=ArraySize(knownOrders)-1; i>=0; i--)
      if(!IsPending(knownOrders[i].type))
         count++;
   return(count);
  }

// Sends the open orders as last compared. Returns how many positions were sent; an order that vanished meanwhile is not
// sent.
int SendKnown()
  {
   int sent=0;
   for(int i=0; i<ArraySize(knownOrders); i++)
     {
      if(!OrderSelect(knownOrders[i].ticket,SELECT_BY_TICKET))
         continue;
      if(IsPending(knownOrders[i].type))
         SendPendingOrder(knownOrders[i],true,knownOrders[i].units,ls_now());
      else
         if(SendPosition(knownOrders[i])==0)
            sent++;
     }
   return(sent);
  }

// Sends a snapshot. False if it is not complete and must be sent again.
bool SendSnapshot()
  {
   Compare(ls_now(),false);
   if(IsAnyMissed())
      return(false);
   int positions=CountPositions();
   int symbols=SymbolsTotal(true);
   if(ls_snapshot_begin(positions,symbols)!=0)
      return(false);
   ReadAccount(true);
   ls_account(account);
   SendAllOperations();
   for(int s=0; s<symbols; s++)
      SendSymbol(SymbolName(s,true));
   int sent=SendKnown();
   return(ls_snapshot_end(sent,symbols)==0 && sent==positions);
  }
#endif
