import type { Company } from '../../api/schema.d.ts';
import { now } from '../../live/clock.ts';
import { duration, near, number, wholeMoment } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { Act } from './actions.tsx';

const states = {
  never: 'companies.comparedNever',
  due: 'companies.comparedDue',
  running: 'companies.comparedRunning',
  waiting: 'companies.comparedWaiting',
  done: 'companies.comparedDone',
} as const;

/** What holding the company against its mirror has found, and how far it is. */
export function Reconciliation({ company }: { company: Company }) {
  const { code, reconciliation } = company;
  const { state, running, last } = reconciliation;
  const found = Object.entries(last?.evidences ?? {}).filter(
    ([, { missing, extra, different }]) => missing + extra + different > 0,
  );
  const skipped = Object.entries(last?.skipped ?? {});
  return (
    <section aria-labelledby="reconciliation">
      <div class="heading">
        <h2 id="reconciliation">{say('companies.reconciliation')}</h2>
        <small>{say(states[state])}</small>
      </div>
      <div class="sheet about">
        {running && (
          <p>
            {say('companies.comparing', {
              evidence: running.evidence ?? say('companies.readingAgain'),
              count: running.compared,
            })}
            {running.waits && <span class="why">{running.waits.why}</span>}
          </p>
        )}
        {last && (
          <dl class="pairs">
            <dt>{say('companies.lastTime')}</dt>
            <dd>
              <time dateTime={last.endedAt} title={wholeMoment(last.endedAt)}>
                {near(last.endedAt, now.value)}
              </time>
              <small>
                {' '}
                {say('companies.took', {
                  time: duration(Date.parse(last.endedAt) - Date.parse(last.startedAt)),
                })}
              </small>
            </dd>
            <dt>{say('companies.compared')}</dt>
            <dd>{say('companies.records', { count: last.compared })}</dd>
            <dt>{say('companies.differences')}</dt>
            <dd class={last.differences > 0 ? 'differs' : ''}>
              {last.differences === 0
                ? say('companies.noDifferences')
                : say('companies.corrected', { count: last.differences })}
            </dd>
            {found.map(([evidence, { missing, extra, different }]) => (
              <Found key={evidence} evidence={evidence} counts={{ missing, extra, different }} />
            ))}
            {skipped.map(([evidence, why]) => (
              <Skipped key={evidence} evidence={evidence} why={why} />
            ))}
          </dl>
        )}
        {!last && !running && <p class="quiet">{say('companies.comparedMore')}</p>}
        <Act code={code} deed="reconcile" />
      </div>
    </section>
  );
}

function Found({
  evidence,
  counts,
}: {
  evidence: string;
  counts: { missing: number; extra: number; different: number };
}) {
  return (
    <>
      <dt>
        <code>{evidence}</code>
      </dt>
      <dd>
        {say('companies.found', {
          missing: number(counts.missing),
          extra: number(counts.extra),
          different: number(counts.different),
        })}
      </dd>
    </>
  );
}

function Skipped({ evidence, why }: { evidence: string; why: string }) {
  return (
    <>
      <dt>
        <code>{evidence}</code>
      </dt>
      <dd>{say('companies.skipped', { why })}</dd>
    </>
  );
}
