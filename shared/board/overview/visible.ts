/** The facts that somebody may see who may touch some data sources only. */

import type { Facts } from './facts.ts';

/**
 * Everything that names a data source, only where it may touch all of those; that a server is taken,
 * and by how many it is waited for, is seen by all. Acknowledgements only mark what is seen.
 */
export function visibleTo(facts: Facts, mayTouch: (codes: readonly string[]) => boolean): Facts {
  const ofCode = ({ code }: { code: string }) => mayTouch([code]);
  const { servers, schedules, companies, givenUp } = facts;
  return {
    ...facts,
    cells: facts.cells.filter(ofCode),
    failures: facts.failures.filter(ofCode),
    ages: facts.ages.filter(ofCode),
    servers: servers.map(({ server, run, waiting }) => ({
      server,
      ...(run && (mayTouch(run.codes) ? { run } : { run: withoutName(run) })),
      waiting: waiting.map((one) => (mayTouch(one.codes) ? one : { id: hidden, codes: [] })),
    })),
    schedules: schedules.filter(({ codes }) => mayTouch(codes)),
    companies: Object.fromEntries(Object.entries(companies).filter(([code]) => mayTouch([code]))),
    // Of a run, or of nobody known, nothing says whose it is.
    givenUp: givenUp.filter(({ about }) => about in companies && mayTouch([about])),
    closures: facts.closures.filter(({ company }) => company === undefined || mayTouch([company])),
  };
}

/** In place of the id of a run. */
const hidden = '';

/** False for a run of which somebody may know no more than that there is one. */
export const isSeen = ({ id }: { id: string }) => id !== hidden;

function withoutName({ endsAt }: { endsAt: string | null }) {
  return { id: hidden, codes: [], user: '', endsAt };
}
