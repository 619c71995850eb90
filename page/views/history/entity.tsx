import { lazy, Suspense } from 'preact/compat';
import { api } from '../../api/client.ts';
import type { EntityDurations, EntityTurn } from '../../api/schema.d.ts';
import { catalog } from '../../live/catalog.ts';
import { now } from '../../live/clock.ts';
import { useAll } from '../../live/use-all.ts';
import { hrefOf, refine } from '../../shell/router.ts';
import { duration, monthNumbers, near, number, wholeMoment } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { Ages } from './ages.tsx';
import { median } from './night.ts';

/** Curves come with a library of their own, which nobody else needs. */
const Curve = lazy(() => import('./curve.tsx'));

const mostTurns = 1_000;
const mostListed = 30;

/** One entity of one data source over months. */
export function Entity({ name, code }: { name: string; code: string | undefined }) {
  const sources = catalog.value?.entities.find((one) => one.name === name)?.sources ?? [];
  const chosen = code ?? sources[0]?.code;
  return (
    <>
      <fieldset class="sources" aria-label={say('history.source')}>
        {sources.map((source) => (
          <button
            key={source.code}
            type="button"
            class="way"
            aria-pressed={source.code === chosen}
            onClick={() => refine({ code: source.code })}
          >
            {source.code}
          </button>
        ))}
      </fieldset>
      {chosen !== undefined && <Source key={chosen} name={name} code={chosen} />}
      <Ages name={name} />
    </>
  );
}

function Source({ name, code }: { name: string; code: string }) {
  const all = useAll<EntityDurations, EntityTurn>({
    key: `turns ${name} ${code}`,
    ask: (page, how) =>
      api.GET('/history/durations', {
        ...how,
        params: { query: { name, code, limit: '100', ...page } },
      }),
    itemsOf: ({ turns }) => turns,
    idOf: ({ run }) => run,
    most: mostTurns,
  });
  const { items, isWhole, refusal } = all.value;
  const turns = items ?? [];
  const done = turns.filter(({ tookMs }) => tookMs !== undefined);
  const took = done.map(({ tookMs = 0 }) => tookMs);
  const usual = median(took);
  return (
    <>
      <section aria-busy={!isWhole && refusal === undefined}>
        <div class="heading">
          <h2>{say('history.durations')}</h2>
          <small>
            {took.length > 0 &&
              say('history.median', { time: duration(usual), count: took.length })}
          </small>
        </div>
        {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
        {items !== undefined && turns.length === 0 ? (
          <p class="quiet">{say('history.noTurns')}</p>
        ) : (
          <div class="curves">
            <Suspense fallback={<div class="curve sheet" aria-busy="true" />}>
              <Curve kind="took" turns={turns} median={usual} label={say('history.durations')} />
              <Curve kind="rows" turns={turns} label={say('history.rows')} />
            </Suspense>
          </div>
        )}
      </section>
      <Listed turns={turns.slice(0, mostListed)} usual={usual} />
    </>
  );
}

function Listed({ turns, usual }: { turns: readonly EntityTurn[]; usual: number }) {
  if (turns.length === 0) return null;
  const stages = [...new Set(turns.flatMap(({ rows = {} }) => Object.keys(rows)))];
  return (
    <section>
      <h2 class="heading">{say('history.newest')}</h2>
      <ScrollBox class="sheet" label={say('history.newest')}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{say('history.ended')}</th>
              <th scope="col">{say('history.state')}</th>
              <th scope="col" class="number">
                {say('history.took')}
              </th>
              <th scope="col" class="number">
                {say('history.against')}
              </th>
              {stages.map((stage) => (
                <th key={stage} scope="col" class="number">
                  {say('history.rowsOf', { stage })}
                </th>
              ))}
              <th scope="col">{say('history.check')}</th>
            </tr>
          </thead>
          <tbody>
            {turns.map(({ run, at, state, tookMs, rows, check, period }) => (
              <tr key={run}>
                <th scope="row">
                  <a href={hrefOf('runs', [run])} title={wholeMoment(at)}>
                    {near(at, now.peek())}
                  </a>
                  {period !== undefined && <span class="period">{monthNumbers(period)}</span>}
                </th>
                <td>
                  <StateWord state={state} />
                </td>
                <td class="number">{tookMs !== undefined && duration(tookMs, 'narrow')}</td>
                <td class={`number ${isSlow(tookMs, usual) ? 'old' : 'quiet'}`}>
                  {tookMs !== undefined && usual > 0 && againstText(tookMs, usual)}
                </td>
                {stages.map((stage) => (
                  <td key={stage} class="number">
                    {rows?.[stage] !== undefined && number(rows[stage])}
                  </td>
                ))}
                <td class={check === undefined ? '' : `checked ${check}`}>
                  {check !== undefined && say(`runs.check_${check}`)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

const isSlow = (tookMs: number | undefined, usual: number) =>
  tookMs !== undefined && tookMs > 2 * usual && tookMs - usual > 5_000;

/** `+41 s`, `−3 s`; nothing where there is hardly a difference. */
function againstText(tookMs: number, usual: number): string {
  const more = tookMs - usual;
  if (Math.abs(more) < 1_000) return '±';
  return `${more > 0 ? '+' : '−'}${duration(Math.abs(more), 'narrow')}`;
}
