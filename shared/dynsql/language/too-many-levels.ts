/** The words for more levels than there are connections to read them side by side. */

/**
 * @param what `the query`
 * @param levels how many it has
 * @param most how many connections there are: `Databases.poolSize`
 */
export function tooManyLevels(what: string, levels: number, most: number) {
  return {
    message: `${what} reads ${levels} datasets side by side, over a connection each, and this installation allows ${most} (its setting SQL_POOL_SIZE)`,
    allowed: `at most ${most} datasets, MAIN and those that only bring others along counted`,
  };
}
