/** What is explored, and how far. */

export type Mode = 'exhaustive' | 'progress' | 'bits';

export interface Case {
  name: string;
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

function every(faults: number, mode: Mode, quick?: true): Case[] {
  return Object.entries(plans).map(([plan, what]) => ({
    name: `two workers, two servers, two runs; ${what}; ${faults} fault${faults === 1 ? '' : 's'}, ${mode}`,
    defines: [`PLAN=${plan}`, `FAULTS=${faults}`],
    mode,
    seconds: 240,
    ...(quick && { quick }),
  }));
}

function mutation(name: string, define: string): Case {
  const defines = ['PLAN=1', 'FAULTS=2', define];
  return { name, defines, mode: 'exhaustive', seconds: 120, fails: true, quick: true };
}

/** Each hash function loses other states, and an interrupted search meets others first. */
function large(seed: number): Case {
  return {
    name: `three workers, two servers, three runs; 2 faults, hash function ${seed}`,
    defines: ['PLAN=3', 'FAULTS=2'],
    mode: 'bits',
    seconds: 50,
    seed,
  };
}

export const cases: readonly Case[] = [
  mutation('without the fence', 'NO_FENCE'),
  mutation('without the owner', 'NO_OWNER'),
  mutation('without the ETag', 'NO_ETAG'),
  mutation('the sweeper looks at the locks first', 'OLD_SWEEP'),
  ...every(0, 'progress', true),
  ...every(1, 'progress'),
  ...every(2, 'exhaustive'),
  {
    name: 'two workers, two servers, two runs; two claims meet; 3 faults',
    defines: ['PLAN=1', 'FAULTS=3'],
    mode: 'bits',
    seconds: 60,
  },
  large(1),
  large(2),
  large(3),
];
