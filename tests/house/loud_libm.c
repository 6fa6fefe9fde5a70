/* A loud libm: preloaded, it makes each of these return 1.001 times the true result, so that whatever still calls
   the C library shows. Built by test_bits.py. */
#define _GNU_SOURCE
#include <dlfcn.h>

#define LOUD_1(type, name)                                                                                             \
    type name(type x)                                                                                                  \
    {                                                                                                                  \
        static type (*quiet)(type);                                                                                    \
        if (!quiet) quiet = (type (*)(type))dlsym(RTLD_NEXT, #name);                                                   \
        return (type)1.001 * quiet(x);                                                                                 \
    }
#define LOUD_2(type, name)                                                                                             \
    type name(type x, type y)                                                                                          \
    {                                                                                                                  \
        static type (*quiet)(type, type);                                                                              \
        if (!quiet) quiet = (type (*)(type, type))dlsym(RTLD_NEXT, #name);                                             \
        return (type)1.001 * quiet(x, y);                                                                              \
    }
#define LOUD(arguments, name) LOUD_##arguments(double, name) LOUD_##arguments(float, name##f)

LOUD(1, exp)
LOUD(1, exp2)
LOUD(1, expm1)
LOUD(1, log)
LOUD(1, log2)
LOUD(1, log10)
LOUD(1, log1p)
LOUD(1, sin)
LOUD(1, cos)
LOUD(1, tan)
LOUD(1, asin)
LOUD(1, acos)
LOUD(1, atan)
LOUD(1, sinh)
LOUD(1, cosh)
LOUD(1, tanh)
LOUD(1, cbrt)
LOUD(2, pow)
LOUD(2, atan2)
LOUD(2, hypot)
