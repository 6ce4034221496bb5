// The state of a link: what it has open, what is in flight for it, and what it had.
#ifndef LINKSTATE_MQH
#define LINKSTATE_MQH
void StartAnswer(WireResult &r,const WireCommand &c)
  {
   ZeroMemory(r);
   r.command    =c.command;
   r.link       =c.link;
   r.action     =c.action;
   r.volume     =-1;
   r.received_ns=ls_received();
  }

bool Answer(WireResult &r,uint stage)
  {
   r.stage      =stage;
   r.answered_ns=ls_now();
   return(ls_result(r)==0);
  }

bool Refuse(WireResult &r,uint retcode,string why)
  {
   r.retcode=retcode;
   StringToCharArray(why,r.comment,0,31,CP_UTF8);
   return(Answer(r,WIRE_STAGE_REJECTED));
  }

// From the selected order, which is a position.
bool AnswerPosition(WireResult &r,uint stage)
  {
   r.position=(ulong)OrderTicket();
   r.volume  =UnitsOf(OrderLots());
   r.price   =OrderOpenPrice();
   return(Answer(r,stage));
  }

// Whether the link has an opening or a change of volume in flight.
bool IsInFlight(const WireCommand &c)
  {
   if(IsStillOut(c.link))
      return(true);
   if(ls_in_flight(c.link,REQUEST_VOLUME)==0)
      return(false);
   // After a minute without an answer, QUERY no longer answers IN_FLIGHT: only a position can then show the order's outcome.
   // Opening stays blocked for as long as this process lives.
   return(c.action!=WIRE_ACTION_QUERY || (ls_now()-ls_claimed_ns(c.link,REQUEST_VOLUME))/1000000<60000);
  }

// Answers with the link's present or past state. False if it never had an order.
bool IsKnownLink(const WireCommand &c,WireResult &r,bool &sent)
  {
   // An order that may be the link's counts, because a link must not be opened twice.
   if(FindOpenOrder(c.link,false)!=0 || FindUnknown(c.link,false,0)!=0)
     {
      sent=AnswerPosition(r,WIRE_STAGE_ALREADY_OPEN);
      return(true);
     }
   r.order=(ulong)FindOpenOrder(c.link,true);
   if(r.order==0)
      r.order=(ulong)FindUnknown(c.link,true,0);
   if(r.order!=0)
     {
      sent=Answer(r,WIRE_STAGE_ALREADY_OPEN);
      return(true);
     }
   if(IsInFlight(c))
     {
      sent=AnswerBlocked(r);
      return(true);
     }
   if(!HadDeal(c.link) && !(c.action==WIRE_ACTION_PLACE && HadOrder(c.link)))
      return(false);
   r.volume=0;
   sent=Answer(r,WIRE_STAGE_ALREADY_CLOSED);
   return(true);
  }

// `action` is the action in flight.
bool AnswerBlocked(WireResult &r)
  {
   int action=ls_blocking(r.link);
   if(action!=0)
      r.action=(uint)action;
   return(Answer(r,WIRE_STAGE_IN_FLIGHT));
  }

// The answer if the link has no order to change. An order that may be its own is left alone until the router names it.
bool AnswerGone(WireResult &r,const WireCommand &c)
  {
   if(FindUnknown(c.link,false,0)!=0)
      return(AnswerPosition(r,WIRE_STAGE_ALREADY_OPEN));
   r.order=(ulong)FindUnknown(c.link,true,0);
   if(r.order!=0)
      return(Answer(r,WIRE_STAGE_ALREADY_OPEN));
   r.volume=0;
   return(Answer(r,HadDeal(c.link) || HadOrder(c.link) ? WIRE_STAGE_ALREADY_CLOSED : WIRE_STAGE_NOTHING));
  }
#endif
