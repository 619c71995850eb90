import type { Place } from '../../shell/router.ts';
import { RunList } from './list/run-list.tsx';
import { OneRun } from './run/one-run.tsx';

/** All runs, or one of them: `#/runs/{id}`. */
export default function Runs({ place }: { place: Place }) {
  const [id] = place.path;
  if (id === undefined) return <RunList query={place.query} />;
  return <OneRun key={id} id={id} query={place.query} />;
}
