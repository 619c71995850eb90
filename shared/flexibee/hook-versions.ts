/** What is of use in a web hook. */
export interface WebHook {
  globalVersion: number;
  /** Of its changes, in the order of the body. */
  versions: number[];
}

/** On the wire a string of digits; undefined where it is none. */
export function versionOf(given: unknown): number | undefined {
  const version = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
  return Number.isSafeInteger(version) && Number(version) >= 0 ? Number(version) : undefined;
}
