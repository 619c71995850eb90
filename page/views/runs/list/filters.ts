/** By what runs are found: as the address has it, and as the API is asked. */

export const filterNames = ['state', 'code', 'name', 'user', 'board', 'from', 'to'] as const;
export type FilterName = (typeof filterNames)[number];
export type Filters = Readonly<Partial<Record<FilterName, string>>>;

/** Those that are given, always in the same order. */
export function filtersOf(query: URLSearchParams): Filters {
  return Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = query.get(name)?.trim();
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
