/**
 * What procedures say during a poll. A poll is no run and has no log of its own: it goes to the log
 * of the function, line by line, so far as a poll a minute lets anybody read it.
 */

/** The first of a poll tell what is the matter; the log of the function costs by volume. */
const most = 100;
const longestMessage = 2_000;

/** @returns is told the procedure and what it said */
export function procedureMessages(
  company: string,
  log: (text: string) => void,
): (procedure: string, text: string) => void {
  let told = 0;
  return (procedure, text) => {
    told += 1;
    const from = `FlexiBee ${company}, ${procedure}`;
    const isCut = text.length > longestMessage;
    if (told <= most) log(`${from}: ${isCut ? `${text.slice(0, longestMessage)}…` : text}`);
    if (told === most + 1) log(`${from}: what procedures say further in this poll is left out`);
  };
}
