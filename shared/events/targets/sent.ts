/** How an attempt to tell a target went. */

export type Sent =
  /** `odd`: somebody should look at it all the same. */
  | { isTaken: true; odd?: string }
  | {
      isTaken: false;
      /** For people; no secret is in it. */
      error: string;
      /** The target asks to be left alone for so long. */
      retryAfterMs?: number;
      /** It wants no more of it, ever. */
      isFinal?: true;
    };

/** How one attempt names its event, and how long it may take. */
export interface Attempt {
  at: Date;
  signal: AbortSignal;
}

/** Longer words of a server help nobody. */
const longestWords = 200;

/** The words of a server, which may repeat what it was sent, without any of these, and on one line. */
export function hushed(text: string, secrets: readonly string[]): string {
  const line = secrets
    .filter((secret) => secret !== '')
    .reduce((said, secret) => said.replaceAll(secret, '…'), text)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line.length > longestWords ? `${line.slice(0, longestWords).toWellFormed()}…` : line;
}
