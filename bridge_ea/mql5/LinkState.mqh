// The state of a link: what it has open, what is in flight for it, and what it had.
#ifndef LINKSTATE_MQH
#define LINKSTATE_MQH
bool Answer(WireResult &r,uint stage)
  {
   r.stage      =stage;
   r.answered_ns=ls_now();
   return(ls_result(r)==0);
  }

// From the selected position.
void FillFromPosition(WireResult &r,ulong position)
  {
   r.position=position;
   r.volume  =UnitsOf(PositionGetDouble(POSITION_VOLUME));
   r.price   =PositionGetDouble(POSITION_PRICE_OPEN);
  }

bool AnswerPosition(WireResult &r,ulong position,uint stage)
  {
   FillFromPosition(r,position);
   return(Answer(r,stage));
  }

// Selects the link's position, or on a netting account the position in which it has an allocation. False if there is none.
bool FindOpen(const WireCommand &c,WireResult &r)
  {
   if(IsNetting())
      return(FindOpenAllocation(c,r));
   ulong position=FindPosition(c.link,c.position);
   if(position!=0)
      FillFromPosition(r,position);
   return(position!=0);
  }

// Finds the link's allocation on a netting account. False if it has none.
bool FindOpenAllocation(const WireCommand &c,WireResult &r)
  {
   bool begins=(c.action==WIRE_ACTION_SET_NET || c.action==WIRE_ACTION_PLACE);
   // Reading the whole history is slow, so a command that begins a link first checks the last two days for any deal of it.
   if((begins && !HadDeal(c.link)) || !ReadAllocations())
      return(false);
   int i=FindAllocation(c.link);
   if(i<0)
      return(false);
   // Allocations of both sides may add up to zero: then there is an allocation but no position.
   r.position=(PositionSelect(allocations[i].symbol) ? SelectedPosition() : 0);
   r.volume  =(allocations[i].units<0 ? -allocations[i].units : allocations[i].units);
   r.price   =allocations[i].price;
   return(true);
  }

// Whether the link has a change of volume in flight.
bool IsInFlight(const WireCommand &c)
  {
   if(ls_in_flight(c.link,REQUEST_VOLUME)==0)
      return(false);
   // After a minute without an answer, QUERY no longer answers IN_FLIGHT: only a position or a deal can then show the
   // order's outcome. Opening stays blocked.
   return(c.action!=WIRE_ACTION_QUERY || (ls_now()-ls_claimed_ns(c.link,REQUEST_VOLUME))/1000000<60000);
  }

// The answer for a link with something in flight. `action` is the action in flight: if it is only the deletion of the link's
// pending order, the router knows that no opening is at the broker.
uint BlockedStage(WireResult &r)
  {
   int action=ls_blocking(r.link);
   if(action!=0 && FindOrder(r.link,false)==0)
      r.action=(uint)action;
   return(WIRE_STAGE_IN_FLIGHT);
  }

// The stage that describes the link; 0 if it never had an order.
uint LinkStage(const WireCommand &c,WireResult &r)
  {
   if(FindOpen(c,r))
      return(WIRE_STAGE_ALREADY_OPEN);
   r.order=FindOrder(c.link,true);
   if(r.order!=0)
      return(WIRE_STAGE_ALREADY_OPEN);
   if(IsInFlight(c) || FindOrder(c.link,false)!=0)
      return(BlockedStage(r));
   if(!HadDeal(c.link) && !(c.action==WIRE_ACTION_PLACE && HadOrder(c.link)))
      return(0);
   // The order may have filled after positions were checked and before the history is.
   if(FindOpen(c,r))
      return(WIRE_STAGE_ALREADY_OPEN);
   r.volume=0;
   return(WIRE_STAGE_ALREADY_CLOSED);
  }

bool AnswerGone(WireResult &r,const WireCommand &c)
  {
   r.volume=0;
   return(Answer(r,HadDeal(c.link) || HadOrder(c.link) ? WIRE_STAGE_ALREADY_CLOSED : WIRE_STAGE_NOTHING));
  }
#endif
