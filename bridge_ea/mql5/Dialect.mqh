// Left empty on purpose: the check with the compiler of 2015 works on a copy in which this file says #define MQL_2015.
