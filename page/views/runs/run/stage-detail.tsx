import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Run, Stage } from '../../../api/schema.d.ts';
import { now } from '../../../live/clock.ts';
import { hasEnded } from '../../../live/use-run.ts';
import { hrefOf } from '../../../shell/router.ts';
import { duration, exactClock, near, number, wholeMoment } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { meaningText, told } from '../../../text/told.ts';
import { StateWord } from '../../../ui/state-word.tsx';
import { rowsText } from '../words.ts';
import { LogText } from './log-text.tsx';
import { type Moving, stageTitle, stateNow, tookMs } from './stages-now.ts';

interface StageDetailProps {
  run: Run;
  stage: Stage;
  moving: Moving | undefined;
}

/** One stage: what was called with what, how it went, and what it said. */
export function StageDetail({ run, stage, moving }: StageDetailProps) {
  const state = stateNow(stage, moving);
  const section = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  // Whoever has chosen another one looks for it; nobody is led away from the head of the run.
  useEffect(() => {
    if (!isFirst.current) section.current?.scrollIntoView({ block: 'nearest' });
    isFirst.current = false;
  }, [stage.id]);
  return (
    <section class="stage-detail" ref={section} aria-label={stageTitle(stage)}>
      <div>
        <div class="heading">
          <h2>
            <bdi>{stageTitle(stage)}</bdi>
          </h2>
          <StateWord state={state} />
        </div>
        <dl class="pairs">
          <Called stage={stage} />
          <Pair name={say('runs.on')}>
            {stage.server === stage.database ? stage.server : `${stage.server} · ${stage.database}`}
          </Pair>
          <Took stage={stage} moving={moving} />
          <Errors stage={stage} />
          <Attempts stage={stage} />
          {stage.rows !== undefined && (
            <Pair name={say('runs.rows')}>
              {rowsText(stage.rows)}
              {stage.rows.returned !== undefined && (
                <small> {say('runs.returned', { count: stage.rows.returned })}</small>
              )}
            </Pair>
          )}
          <Outcome stage={stage} />
          {stage.waitsFor !== undefined && (
            <Pair name={say('runs.waitsFor')}>
              {stage.waitsFor.exclusive}
              {stage.waitsFor.opens !== undefined && near(stage.waitsFor.opens, now.peek())}
              {stage.waitsFor.run !== undefined && (
                <>
                  {' '}
                  <a href={hrefOf('runs', [stage.waitsFor.run])}>{stage.waitsFor.run}</a>
                </>
              )}
            </Pair>
          )}
          {stage.reason !== undefined && (
            <Pair name={say('runs.why')}>
              <bdi>{told(stage.reason)}</bdi>
            </Pair>
          )}
        </dl>
      </div>
      <div class="said">
        <div class="heading">
          <h2>{say('runs.messages')}</h2>
          <small>{say('runs.messageCount', { count: stage.messages.count })}</small>
        </div>
        <LogText
          run={run.id}
          stage={stage.id}
          isGoingOn={!hasEnded(run) && (state === 'running' || state === 'pending')}
        />
      </div>
    </section>
  );
}

function Pair({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Called({ stage: { procedure, parameters, kind, setOptions } }: { stage: Stage }) {
  return (
    <>
      <Pair name={say(kind === 'procedure' ? 'runs.procedure' : 'runs.target')}>
        <code>
          {procedure.schema}.{procedure.name}
        </code>
        {setOptions.length > 0 && <small> SET {setOptions.join(', ')} ON</small>}
      </Pair>
      {parameters.length > 0 && (
        <Pair name={say('runs.parameters')}>
          <ul class="parameters">
            {parameters.map(({ name, value, from, secret, output }) => (
              <li key={name}>
                <code>
                  @{name} = {valueText(value, secret)}
                </code>
                {output && <small> OUTPUT</small>}
                {from !== undefined && value === null && <small> {from}</small>}
              </li>
            ))}
          </ul>
        </Pair>
      )}
    </>
  );
}

/** As T-SQL has it, so that it can be pasted. */
function valueText(value: string | number | boolean | null, secret?: boolean): string {
  if (secret) return '…';
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}

function Took({ stage, moving }: Pick<StageDetailProps, 'stage' | 'moving'>) {
  const took = tookMs(stage);
  const usual =
    stage.expectedMs === undefined
      ? []
      : [say('runs.usually', { time: duration(stage.expectedMs) })];
  if (moving !== undefined && took === undefined) {
    return (
      <Pair name={say('runs.runsFor')}>
        {[duration(now.value - Date.parse(moving.since)), ...usual].join(', ')}
      </Pair>
    );
  }
  if (took === undefined) {
    return usual.length === 0 ? null : <Pair name={say('runs.took')}>{usual}</Pair>;
  }
  return <Pair name={say('runs.took')}>{[duration(took), ...usual].join(', ')}</Pair>;
}

function Errors({ stage: { error } }: { stage: Stage }) {
  if (error === undefined) return null;
  const { number: code, procedure, line, severity, message, meaning } = error;
  const where = [
    ...(code === undefined ? [] : [String(code)]),
    ...(procedure === undefined ? [] : [procedure]),
    ...(line === undefined ? [] : [say('runs.line', { line: String(line) })]),
  ];
  return (
    <Pair name={say('runs.error')}>
      <span class="error">
        {where.length > 0 && (
          <>
            <bdi>{where.join(', ')}</bdi>
            {': '}
          </>
        )}
        <bdi>{told(message)}</bdi>
      </span>
      <small>
        {' '}
        {meaningText(meaning)}
        {severity !== undefined && <>, {say('runs.severity', { severity })}</>}
      </small>
    </Pair>
  );
}

function Attempts({ stage: { attempts, repeatable, state } }: { stage: Stage }) {
  if (attempts.length === 0) return null;
  const failed = state === 'failed' || state === 'interrupted';
  return (
    <Pair name={say('runs.attempts')}>
      {number(attempts.length)}
      {failed && !repeatable && <small> {say('runs.notRepeatable')}</small>}
      {attempts.length > 1 && (
        <ol class="attempts">
          {attempts.map(({ startedAt, endedAt, error }) => (
            <li key={startedAt}>
              <time dateTime={startedAt} title={wholeMoment(startedAt)}>
                {exactClock(startedAt)}
              </time>
              {endedAt !== undefined && (
                <> {duration(Date.parse(endedAt) - Date.parse(startedAt))}</>
              )}
              {error !== undefined && (
                <span class="error">
                  {' '}
                  <bdi>
                    {error.number} {told(error.message)}
                  </bdi>
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
    </Pair>
  );
}

/** By what it was judged beside errors: return value, outputs, conditions, warnings. */
function Outcome({
  stage: { returnValue, outputs, checked, warnings, without },
}: {
  stage: Stage;
}) {
  return (
    <>
      {returnValue !== undefined && returnValue !== 0 && (
        <Pair name={say('runs.returnValue')}>{number(returnValue)}</Pair>
      )}
      {outputs !== undefined && (
        <Pair name={say('runs.outputs')}>
          <ul class="parameters">
            {Object.entries(outputs).map(([name, value]) => (
              <li key={name}>
                <code>
                  @{name} = {valueText(value)}
                </code>
              </li>
            ))}
          </ul>
        </Pair>
      )}
      {checked?.some(({ met }) => !met) && (
        <Pair name={say('runs.conditions')}>
          {checked
            .filter(({ met }) => !met)
            .map(({ of, found }) => `${of}: ${valueText(found)}`)
            .join(', ')}
        </Pair>
      )}
      {warnings !== undefined && warnings.length > 0 && (
        <Pair name={say('runs.warningsOf')}>
          <ul class="warnings">
            {warnings.map((text) => (
              <li key={text}>
                <bdi>{text}</bdi>
              </li>
            ))}
          </ul>
        </Pair>
      )}
      {without !== undefined && without.length > 0 && (
        <Pair name={say('runs.without')}>{without.join(', ')}</Pair>
      )}
    </>
  );
}
