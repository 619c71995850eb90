/** What the procedures of a company returned: warnings that stay until the same procedure returns 0. */

/** By `schema.name`, of the calls of this turn that succeeded; undefined: no warning. */
export type Returned = Map<string, string | undefined>;

/** Warnings by procedure, as they are kept. */
export type Warnings = Readonly<Record<string, string>>;

/** @returns the same object where nothing differs */
export function withReturned(before: Warnings, returned: Returned): Warnings {
  const after: Record<string, string> = { ...before };
  for (const [procedure, warning] of returned) {
    if (warning === undefined) delete after[procedure];
    else after[procedure] = warning;
  }
  return JSON.stringify(after) === JSON.stringify(before) ? before : after;
}

export function warningsOf(returned: Returned): string[] {
  return [...returned.values()].filter((warning) => warning !== undefined);
}
