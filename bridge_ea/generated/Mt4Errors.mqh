// Generated from core/src/lockstep_core/wire/mt4_errors.py by `make wire`; do not edit.
#ifndef MT4_ERRORS_MQH
#define MT4_ERRORS_MQH
uint RetcodeOf(int error)
  {
   switch(error)
     {
      case 138:
         return(10004);
      case 144:
         return(10007);
      case 0:
         return(10009);
      case 2:
      case 9:
         return(10011);
      case 128:
      case 142:
      case 143:
         return(10012);
      case 3:
      case 4051:
      case 4106:
         return(10013);
      case 131:
         return(10014);
      case 129:
      case 4107:
         return(10015);
      case 130:
         return(10016);
      case 7:
      case 64:
      case 65:
      case 133:
         return(10017);
      case 132:
         return(10018);
      case 134:
         return(10019);
      case 135:
         return(10020);
      case 136:
         return(10021);
      case 147:
         return(10022);
      case 4:
      case 8:
      case 137:
      case 141:
         return(10024);
      case 1:
         return(10025);
      case 5:
      case 4109:
         return(10027);
      case 139:
      case 146:
         return(10028);
      case 145:
         return(10029);
      case 6:
         return(10031);
      case 148:
         return(10033);
      case 4108:
         return(10036);
      case 140:
      case 4111:
         return(10042);
      case 4110:
         return(10043);
      case 150:
         return(10045);
      case 149:
         return(10046);
     }
   return(10000);
  }
#endif
