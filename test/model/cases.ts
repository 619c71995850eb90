/** What is explored, and how far. */

export type Mode = 'exhaustive' | 'progress' | 'bits';

export interface Case {
  name: string;
  /** The model; `locks.pml` unless told. */
  model?: string;
  /** PLAN, FAULTS and mutations. */
  defines: string[];
  mode: Mode;
  /** The verifier is interrupted then. */
  seconds: number;
  /** The verifier's hash function, 0 without. */
  seed?: number;
  /** A mutation: the model must fail. */
  fails?: true;
  /** Of those that take a few seconds only: `--quick`. */
  quick?: true;
}

const plans: Record<number, string> = {
  1: 'two claims meet',
  2: 'two runs side by side',
};

/** With a line. */
const lines: Record<number, string> = {
  4: 'both may wait',
  5: 'one may wait',
};

function every(faults: number, mode: Mode, quick?: true, of = plans): Case[] {
  return Object.entries(of).map(([plan, what]) => ({
    name: `two workers, two servers, two runs; ${what}; ${faults} fault${faults === 1 ? '' : 's'}, ${mode}`,
    defines: [`PLAN=${plan}`, `FAULTS=${faults}`],
    mode,
    seconds: 240,
    ...(quick && { quick }),
  }));
}

function mutation(name: string, ...more: string[]): Case {
  const defines = more.length > 1 ? more : ['PLAN=1', 'FAULTS=2', ...more];
  return { name, defines, mode: 'exhaustive', seconds: 120, fails: true, quick: true };
}

/** One name at two servers; quick. */
function names(name: string, defines: string[], fails?: true): Case {
  const attempts = ['ATTEMPTS=3', 'FAULTS=3', ...defines];
  return {
    ...{ name: `an exclusive name, three attempts, 3 faults; ${name}`, model: 'names.pml' },
    ...{ defines: attempts, mode: 'exhaustive', seconds: 120, quick: true },
    ...(fails && { fails }),
  };
}

/** Whoever waits is woken by the others alone, where nothing fails. */
function withoutNet(plan: number): Case {
  const defines = [`PLAN=${plan}`, 'FAULTS=0', 'NO_NET'];
  const name = `the sweeper wakes nobody, and nothing fails; plan ${plan}`;
  return { name, defines, mode: 'exhaustive', seconds: 120, quick: true };
}

/** Each hash function loses other states, and an interrupted search meets others first. */
function large(seed: number): Case {
  return {
    name: `three workers, two servers, three runs; 2 faults, hash function ${seed}`,
    defines: ['PLAN=3', 'FAULTS=2'],
    mode: 'bits',
    seconds: 20,
    seed,
  };
}

export const cases: readonly Case[] = [
  mutation('without the fence', 'NO_FENCE'),
  mutation('without the owner', 'NO_OWNER'),
  mutation('without the ETag', 'NO_ETAG'),
  mutation('the sweeper looks at the locks first', 'OLD_SWEEP'),
  mutation('a POST does not look at the line', 'PLAN=5', 'FAULTS=0', 'NO_LOOK'),
  mutation('nobody wakes who waits', 'PLAN=4', 'FAULTS=0', 'NO_NET', 'NO_WAKE'),
  mutation('the sweeper wakes nobody, and one fault', 'PLAN=4', 'FAULTS=1', 'NO_NET'),
  names('as it is', []),
  names('nobody waits for the session of who had it', ['NO_WAIT'], true),
  names('it is not confirmed', ['NO_CONFIRM'], true),
  names('who had it is forgotten first', ['OWNER_FIRST'], true),
  ...[4, 5, 6].map((plan) => withoutNet(plan)),
  ...every(0, 'progress', true),
  ...every(0, 'progress', true, lines),
  ...every(1, 'progress'),
  ...every(2, 'exhaustive'),
  ...every(1, 'exhaustive', undefined, lines),
  {
    name: 'two workers, two servers, two runs; two claims meet; 3 faults',
    defines: ['PLAN=1', 'FAULTS=3'],
    mode: 'bits',
    seconds: 30,
  },
  {
    name: 'two workers, two servers, three runs, two of which may wait; 1 fault',
    defines: ['PLAN=6', 'FAULTS=1'],
    mode: 'bits',
    seconds: 30,
  },
  large(1),
  large(2),
];
