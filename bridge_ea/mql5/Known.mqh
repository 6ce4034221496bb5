// How a link stands: what it has, what is under way for it, what it had.
#ifndef KNOWN_MQH
#define KNOWN_MQH
bool Answer(WireResult &r,uint stage)
  {
   r.stage      =stage;
   r.answered_ns=ls_now();
   return(ls_result(r)==0);
  }

// With what is known of the selected position.
void Describe(WireResult &r,ulong position)
  {
   r.position=position;
   r.volume  =UnitsOf(PositionGetDouble(POSITION_VOLUME));
   r.price   =PositionGetDouble(POSITION_PRICE_OPEN);
  }

bool AnswerPosition(WireResult &r,ulong position,uint stage)
  {
   Describe(r,position);
   return(Answer(r,stage));
  }

// The link's position, selected; on netting accounts the one that it has a share of. False where it has none.
bool FindHeld(const WireCommand &c,WireResult &r)
  {
   if(IsNetting())
      return(FindHeldShare(c,r));
   ulong position=FindPosition(c.link,c.position);
   if(position!=0)
      Describe(r,position);
   return(position!=0);
  }

// Shares of both sides may come to nothing: then there is no position. Reading all of the history takes its time, so what begins
// a link first looks whether it had any deal of late.
bool FindHeldShare(const WireCommand &c,WireResult &r)
  {
   bool begins=(c.action==WIRE_ACTION_SET_NET || c.action==WIRE_ACTION_PLACE);
   if((begins && !FoundInHistory(c.link)) || !ReadShares())
      return(false);
   int i=FindShare(c.link);
   if(i<0)
      return(false);
   r.position=(PositionSelect(shares[i].symbol) ? SelectedPosition() : 0);
   r.volume  =(shares[i].units<0 ? -shares[i].units : shares[i].units);
   r.price   =shares[i].price;
   return(true);
  }

// An order that nobody answered for a minute is only found by what it left: a position or a deal. Opening stays barred.
bool IsAwaited(const WireCommand &c)
  {
   if(ls_pending(c.link,ANY_VOLUME)==0)
      return(false);
   return(c.action!=WIRE_ACTION_QUERY || (ls_now()-ls_claimed(c.link,ANY_VOLUME))/1000000<60000);
  }

// Something of the link is under way. Says what: while it is but its pending order's end, nothing of an opening is at the broker.
uint BarredStage(WireResult &r)
  {
   int action=ls_barring(r.link);
   if(action!=0 && FindOrder(r.link,false)==0)
      r.action=(uint)action;
   return(WIRE_STAGE_IN_FLIGHT);
  }

// The stage that says how the link stands; 0 where it never had anything.
uint KnownStage(const WireCommand &c,WireResult &r)
  {
   if(FindHeld(c,r))
      return(WIRE_STAGE_ALREADY_OPEN);
   r.order=FindOrder(c.link,true);
   if(r.order!=0)
      return(WIRE_STAGE_ALREADY_OPEN);
   if(IsAwaited(c) || FindOrder(c.link,false)!=0)
      return(BarredStage(r));
   if(!FoundInHistory(c.link) && !(c.action==WIRE_ACTION_PLACE && HadOrder(c.link)))
      return(0);
   // The fill may have come between the two looks.
   if(FindHeld(c,r))
      return(WIRE_STAGE_ALREADY_OPEN);
   r.volume=0;
   return(WIRE_STAGE_ALREADY_CLOSED);
  }

bool AnswerGone(WireResult &r,const WireCommand &c)
  {
   r.volume=0;
   return(Answer(r,FoundInHistory(c.link) || HadOrder(c.link) ? WIRE_STAGE_ALREADY_CLOSED : WIRE_STAGE_NOTHING));
  }
#endif
