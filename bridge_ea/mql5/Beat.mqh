// The beat of a program: its own loop reports to the relay each second that it is alive.
#ifndef BEAT_MQH
#define BEAT_MQH
#define BEAT_MS 1000

ulong beats=0;
ulong lastBeatMs=0;

// Makes the next beat due at once, for a new connection to the relay.
void BeatAtOnce()
  {
   lastBeatMs=0;
  }

// Whether a beat must be sent now. Neither quotes nor the broker are needed, so a quiet market is no silence.
bool IsBeatDue()
  {
   ulong now=GetMicrosecondCount()/1000;
   if(lastBeatMs!=0 && now-lastBeatMs<BEAT_MS)
      return(false);
   lastBeatMs=now;
   beats++;
   return(true);
  }

// False if the connection to the relay is gone.
bool Beat(int program)
  {
   return(!IsBeatDue() || ls_beat(program,beats)==0);
  }
#endif
