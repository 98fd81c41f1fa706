package store

// A query with a join, or with LIMIT ?, is planned anew whenever a parameter is bound: SQLite looks whether the value suggests
// a better plan. That took more than half of the time of adding a comment. Our plans hold for every value, and SQLite has a
// switch for that, but the driver does not reach it. So SQLite is asked here to set it on each connection that it opens.
// The symbols are the driver's, found when the program is linked; weak, because this file alone is linked without them.

// typedef struct sqlite3 sqlite3;
// __attribute__((weak)) extern int sqlite3_auto_extension(void (*)(void));
// __attribute__((weak)) extern int sqlite3_db_config(sqlite3 *, int, ...);
//
// enum { ENABLE_QPSG = 1007 }; // SQLITE_DBCONFIG_ENABLE_QPSG: query planner stability guarantee
//
// static int keepPlansOf(sqlite3 *db, const char **message, const void *api) {
//   return sqlite3_db_config(db, ENABLE_QPSG, 1, (int *)0);
// }
//
// static void keepPlans(void) {
//   if (sqlite3_auto_extension && sqlite3_db_config) {
//     sqlite3_auto_extension((void (*)(void))keepPlansOf);
//   }
// }
import "C"

// keepPlans lets connections that are opened from now on keep the plan of a query for all values. It may be called again.
// Where it has no effect everything is as right, only slower.
func keepPlans() { C.keepPlans() }
