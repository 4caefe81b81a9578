// The one file that compiles Boost.JSON's own functions.
#include <boost/json/src.hpp>
