/**
 * What the app says in words of its own, in the records of runs and of queries: those are kept, and
 * sent, in English. What is none of these is a server's, or somebody's, and stays as it is.
 */

/** Names of texts of the section `said`, and how the app says them. The first that fits counts. */
const forms = {
  askedAgain: /^Asked for by (?<user>[\s\S]+), again after (?<run>\S+)\.$/,
  asked: /^Asked for by (?<user>[\s\S]+)\.$/,
  ended: /^Ended: (?<state>\w+)\.$/,
  firstInLine: /^It was first in line, and its servers are free\.$/,
  takenOver: /^Taken over by a worker\.$/,
  stopped: /^Stopped: (?<why>[\s\S]+)\. It will be resumed\.$/,
  window: /^All that is left waits for a window; it goes on at (?<at>\S+)\.$/,
  linesLost: /^(?<count>\d+) lines of the log are lost\.$/,
  ownPlan:
    /^The catalogue has changed \(planned with (?<planned>\S+), now (?<current>\S+)\); the run goes by its own plan\.$/,
  plannedAgain:
    /^The catalogue has changed \(planned with (?<planned>\S+), now (?<current>\S+)\); the run was planned again\.$/,
  ownCatalog: /^Its worker's catalogue is the one of its plan again \((?<planned>\S+)\)\.$/,
  noLonger: /^The catalogue no longer has (?<what>[\s\S]+)\.$/,
  madeGood: /^Run (?<run>\S+) has made it again meanwhile: nothing is left open\.$/,
  cancelledWaiting: /^Cancelled by (?<user>[\s\S]+) while it waited\.$/,
  cancelled: /^Cancelled by (?<user>[\s\S]+)$/,
  givenUp: /^Given up: (?<count>\d+) times a worker died or stopped without ending a stage\.$/,
  notBegun: /^It was never begun: (?<why>[\s\S]+)\.$/,
  notResumed: /^It cannot be resumed: (?<why>[\s\S]+)\.$/,
  notInLine: /^it is not in line$/,
  notOwner: /^it is not the owner of (?<servers>[\s\S]+)$/,
  workerLost:
    /^The worker was lost while (?<procedure>\S+) was running; it may or may not have done its work\.$/,
  stageWorkerLost:
    /^(?<stage>\S+): The worker was lost while (?<procedure>\S+) was running; it may or may not have done its work\.$/,
  workerStops: /^The worker is stopping$/,
  lockLost: /^The lock (?<lock>\S+) was lost: (?<why>[\s\S]+)$/,
  timedOut: /^timed out after (?<seconds>\S+) s$/,
  noRetry: /^It could not be made again by itself: (?<why>[\s\S]+)\.$/,
  untold: /^Nobody could be told how it ended: (?<why>[\s\S]+)\.$/,
  failed: /^Failed: (?<meaning>[a-z ]+): (?<error>[\s\S]+)$/,
  skipped: /^Skipped: (?<why>[\s\S]+)\.$/,
  neededSkipped: /^(?<stage>\S+) was skipped, (?<why>outside its window [\s\S]+)$/,
  outside: /^outside its window (?<window>[\s\S]+)$/,
  warning: /^Warning: (?<text>[\s\S]+)$/,
  check: /^Check: (?<text>[\s\S]+)$/,

  needed: /^is needed$/,
  mustDate: /^must be a date\b.*$/,
  mustFlag: /^must be true or false$/,
  mustId: /^must be 32 hexadecimal digits, as (?<example>\S+)$/,
  mustTime: /^must be a time of day \(12:30 or 12:30:15\)$/,
  mustTimePlaces:
    /^must be a time of day \(12:30 or 12:30:15\) with at most (?<places>\d+) decimal places$/,
  mustText: /^must be text of at most (?<count>\d+) characters$/,
  mustAscii: /^must be text of ASCII of at most (?<count>\d+) characters$/,
  mustWhole: /^must be a whole number from (?<least>-?\d+) to (?<greatest>-?\d+)$/,
  mustBelow: /^must be a number below (?<limit>\d+) with at most (?<places>\d+) decimal places$/,
  mustBetween:
    /^must be a number from (?<least>\S+) to (?<greatest>\S+) with at most (?<places>\d+) decimal places$/,
  mustNumber: /^must be a number$/,
  mustPattern: /^must be a pattern of at most (?<count>\d+) characters$/,
} as const satisfies Readonly<Record<string, RegExp>>;

export type SaidName = keyof typeof forms;

/** Which of them a text is, and what it says beside its own words; undefined: none. */
export function saidIn(
  text: string,
): { name: SaidName; values: Readonly<Record<string, string>> } | undefined {
  for (const [name, form] of Object.entries(forms)) {
    const found = form.exec(text);
    if (found !== null) return { name: name as SaidName, values: { ...found.groups } };
  }
  return undefined;
}
