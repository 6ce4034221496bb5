// MT4's error codes as MT5's return codes, by which the router decides what to do. Results have MT4's own code in `error`.
#ifndef ERRORS_MQH
#define ERRORS_MQH
#define RETCODE_REQUOTE         10004
#define RETCODE_REJECT          10006
#define RETCODE_PLACED          10008
#define RETCODE_DONE            10009
#define RETCODE_ERROR           10011
#define RETCODE_TIMEOUT         10012
#define RETCODE_INVALID         10013
#define RETCODE_INVALID_VOLUME  10014
#define RETCODE_INVALID_PRICE   10015
#define RETCODE_INVALID_STOPS   10016
#define RETCODE_DISABLED        10017
#define RETCODE_MARKET_CLOSED   10018
#define RETCODE_NO_MONEY        10019
#define RETCODE_PRICE_CHANGED   10020
#define RETCODE_PRICE_OFF       10021
#define RETCODE_EXPIRATION      10022
#define RETCODE_TOO_MANY        10024
#define RETCODE_NO_CHANGES      10025
#define RETCODE_CLIENT_DISABLES 10027
#define RETCODE_LOCKED          10028
#define RETCODE_FROZEN          10029
#define RETCODE_CONNECTION      10031
#define RETCODE_LIMIT_ORDERS    10033
#define RETCODE_CLOSED          10036
#define RETCODE_LONG_ONLY       10042
#define RETCODE_SHORT_ONLY      10043
#define RETCODE_FIFO_CLOSE      10045
#define RETCODE_HEDGE           10046

uint RetcodeOf(int error)
  {
   switch(error)
     {
      case 0:
         return(RETCODE_DONE);
      case 1:      // no error, but nothing changed
         return(RETCODE_NO_CHANGES);
      case 2:      // common error
      case 9:      // malfunctional trade operation
         return(RETCODE_ERROR);
      case 128:    // trade timeout
         return(RETCODE_TIMEOUT);
      case 6:      // no connection with the trade server
         return(RETCODE_CONNECTION);
      case 4:      // trade server is busy
      case 8:      // too frequent requests
      case 137:    // broker is busy
      case 141:    // too many requests
         return(RETCODE_TOO_MANY);
      case 139:    // order is locked
      case 146:    // trade context is busy
         return(RETCODE_LOCKED);
     }
   return(RetcodeOfRefusal(error));
  }

uint RetcodeOfRefusal(int error)
  {
   switch(error)
     {
      case 129:    // invalid price
      case 4107:   // invalid price parameter
         return(RETCODE_INVALID_PRICE);
      case 130:    // invalid stops
         return(RETCODE_INVALID_STOPS);
      case 131:    // invalid trade volume
         return(RETCODE_INVALID_VOLUME);
      case 132:    // market is closed
         return(RETCODE_MARKET_CLOSED);
      case 134:    // not enough money
         return(RETCODE_NO_MONEY);
      case 135:    // price changed
         return(RETCODE_PRICE_CHANGED);
      case 136:    // off quotes
         return(RETCODE_PRICE_OFF);
      case 138:    // requote
         return(RETCODE_REQUOTE);
      case 145:    // too near to the market to be changed
         return(RETCODE_FROZEN);
      case 147:    // expirations are denied
         return(RETCODE_EXPIRATION);
      case 148:    // too many open and pending orders
         return(RETCODE_LIMIT_ORDERS);
     }
   return(RetcodeOfRule(error));
  }

uint RetcodeOfRule(int error)
  {
   switch(error)
     {
      case 3:      // invalid trade parameters
      case 4051:   // invalid function parameter value
      case 4106:   // unknown symbol
         return(RETCODE_INVALID);
      case 7:      // not enough rights
      case 64:     // account disabled
      case 65:     // invalid account
      case 133:    // trade is disabled
         return(RETCODE_DISABLED);
      case 140:    // only long positions are allowed
      case 4111:   // shorts are not allowed
         return(RETCODE_LONG_ONLY);
      case 4110:   // longs are not allowed
         return(RETCODE_SHORT_ONLY);
      case 149:    // hedging is prohibited
         return(RETCODE_HEDGE);
      case 150:    // prohibited by the FIFO rule
         return(RETCODE_FIFO_CLOSE);
      case 4108:   // invalid ticket
         return(RETCODE_CLOSED);
      case 4109:   // trade is not allowed in the terminal
         return(RETCODE_CLIENT_DISABLES);
     }
   return(RETCODE_REJECT);
  }

bool IsDone(uint retcode)
  {
   return(retcode==RETCODE_DONE || retcode==RETCODE_NO_CHANGES);
  }

// Whether a code settles what became of the order. After a timeout, a lost connection or an error in the broker's processing it may
// have been carried out.
bool IsLastWord(uint retcode)
  {
   return(retcode!=RETCODE_TIMEOUT && retcode!=RETCODE_CONNECTION && retcode!=RETCODE_ERROR);
  }
#endif
