/** By what runs are found: as the address has it, and as the API is asked. */

export const filterNames = ['state', 'code', 'name', 'user', 'board', 'from', 'to'] as const;
export type FilterName = (typeof filterNames)[number];
export type Filters = Readonly<Partial<Record<FilterName, string>>>;

/**
 * Those that are given, always in the same order. What is none of them goes along, so that the API
 * says so: without it the list would be of other runs than the address asks for.
 */
export function filtersOf(query: URLSearchParams): Filters {
  return Object.fromEntries(
    [...new Set([...filterNames, ...query.keys()])].flatMap((name) => {
      const value = query.getAll(name).join(',').trim();
      return value ? [[name, value]] : [];
    }),
  );
}

/** States that are looked for together; the first is the one that an operator needs in the morning. */
export const stateChoices = [
  ['failedAny', 'failed,interrupted'],
  ['underWay', 'waiting,queued,running'],
  ['succeeded', 'succeeded'],
  ['cancelled', 'cancelled'],
] as const;
