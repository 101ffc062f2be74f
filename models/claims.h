/* Without what these print, a run that ends well could be a run of nothing. */

c_decl { static char met[32]; }

/* REACHED prints, once in a run, that a state was met in which the condition
 * holds. */
#define REACHED(k, what, condition) \
	if \
	:: (condition) -> c_code { if (!met[k]) { met[k] = 1; printf("reached: %s\n", what); } } \
	:: else \
	fi;

/* PROMISE ends the run, and says which promise is broken, where the condition
 * does not hold. */
#define PROMISE(what, condition) \
	if \
	:: (condition) \
	:: else -> c_code { printf("broken: %s\n", what); }; assert(false) \
	fi;
