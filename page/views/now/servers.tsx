import type { Overview } from '../../api/schema.d.ts';
import { now } from '../../live/clock.ts';
import { near } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { CompaniesLane, Lane } from './lane.tsx';

type RunOf = NonNullable<Overview['runs']>[number];
export interface LaneStage {
  run: RunOf;
  running: RunOf['running'][number];
}

/** A lane each: what holds it, which stage, how long yet, the newest message, who waits. */
export function Servers({ overview }: { overview: Overview }) {
  const { servers, runs = [], schedules, companies } = overview;
  const stages = runs.flatMap((run) => run.running.map((running) => ({ run, running })));
  const known = servers.map(({ server }) => server);
  // Of the aggregate base, which no run has for itself.
  const others = [...new Set(stages.map(({ running }) => running.server))]
    .filter((server) => !known.includes(server))
    .map((server): Overview['servers'][number] => ({ server, isFree: true, waiting: 0 }));
  const next = schedules
    .flatMap(({ name, enabled, next: at }) => (enabled && at !== undefined ? { name, at } : []))
    .sort((one, other) => (one.at < other.at ? -1 : 1))
    .slice(0, 2)
    .map(({ name, at }) => say('now.nextOne', { name, at: near(at, now.value) }));
  return (
    <section class="servers" aria-labelledby="servers">
      <div class="heading">
        <h2 id="servers">{say('now.servers')}</h2>
        <small>
          {next.length === 0 ? say('now.noNext') : say('now.next', { list: next.join(' · ') })}
        </small>
      </div>
      <ol class="sheet">
        {[...servers, ...others].map((server) => (
          <Lane
            key={server.server}
            server={server}
            stages={stages.filter(({ running }) => running.server === server.server)}
            run={runs.find(({ id }) => id === server.run)}
          />
        ))}
        {companies.total > 0 && <CompaniesLane companies={companies} />}
      </ol>
    </section>
  );
}
