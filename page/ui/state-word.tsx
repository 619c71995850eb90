import type { Run, Stage } from '../api/schema.d.ts';
import { say } from '../text/say.ts';

export type State = Run['state'] | Stage['state'];

/** How much a state asks for: by this it is coloured. */
export type Tone = 'fresh' | 'running' | 'waiting' | 'failed' | 'calm';

const tones: Readonly<Record<State, Tone>> = {
  waiting: 'waiting',
  pending: 'calm',
  queued: 'running',
  running: 'running',
  succeeded: 'fresh',
  failed: 'failed',
  interrupted: 'failed',
  cancelled: 'calm',
  skipped: 'calm',
};

export const toneOf = (state: State): Tone => tones[state];

/** A state in its word, with its colour beside it. */
export function StateWord({ state }: { state: State }) {
  return <span class={`state ${toneOf(state)}`}>{say(`state.${state}`)}</span>;
}
