// The meaning of a broker's answer. The router decides by MT5's return codes, which stand for MT4's errors in
// generated/Mt4Errors.mqh. Results have MT4's own number in `error`.
#ifndef ERRORS_MQH
#define ERRORS_MQH
#include "../generated/Mt4Errors.mqh"
#define RETCODE_PLACED     10008
#define RETCODE_DONE       10009
#define RETCODE_ERROR      10011
#define RETCODE_TIMEOUT    10012
#define RETCODE_INVALID    10013
#define RETCODE_NO_CHANGES 10025
#define RETCODE_CONNECTION 10031

bool IsDone(uint retcode)
  {
   return(retcode==RETCODE_DONE || retcode==RETCODE_NO_CHANGES);
  }

// Whether a code settles the outcome of the order. After a timeout, a lost connection or an error in the broker's
// processing, the order may have been carried out.
bool IsLastWord(uint retcode)
  {
   return(retcode!=RETCODE_TIMEOUT && retcode!=RETCODE_CONNECTION && retcode!=RETCODE_ERROR);
  }
#endif
