import { useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { answered, api } from '../../../api/client.ts';
import type { Accepted, PlannedRun, Run } from '../../../api/schema.d.ts';
import { reasonOf } from '../../../live/act.ts';
import { asker } from '../../../session/session.ts';
import { go, hrefOf } from '../../../shell/router.ts';
import { duration } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { ActionButton } from '../../../ui/action-button.tsx';
import { Button } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { curl } from '../../../ui/curl.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { focusContent } from '../../../ui/focus-back.ts';
import { stageTitle } from './stages-now.ts';

interface RetryDialogProps {
  run: Run;
  from: 'failure' | 'all';
  close(): void;
}

/** Stages that are shown; the others are counted. */
const mostShown = 12;

/** What would be made again, before it is. */
export function RetryDialog({ run, from, close }: RetryDialogProps) {
  const plan = useSignal<PlannedRun | undefined>(undefined);
  const refusal = useSignal<string | undefined>(undefined);
  /** Counts the plans. */
  const round = useSignal(0);
  /** Once somebody else has made it again, another time may be one too many. */
  const retried = (run.retriedBy ?? []).slice(useState(run.retriedBy?.length ?? 0)[0]);
  const params = { path: { id: run.id } };
  const body = { user: asker(), from, whenBusy: 'wait' as const };
  useEffect(() => {
    const ended = new AbortController();
    refusal.value = undefined;
    const how = {
      ...{ params: { ...params, query: { dry: 'true' as const } }, body: { user: asker(), from } },
      signal: ended.signal,
    };
    answered(api.POST('/runs/{id}/retry', how))
      .then((found) => {
        plan.value = found as PlannedRun;
      })
      .catch((error: unknown) => {
        if (!ended.signal.aborted) refusal.value = reasonOf(error);
      });
    return () => ended.abort();
  }, [round.value]);
  const start = async (key: string) => {
    const header = { 'Idempotency-Key': key };
    const asked = api.POST('/runs/{id}/retry', { params: { ...params, header }, body });
    const { id } = (await answered(asked)) as Accepted;
    close();
    go(hrefOf('runs', [id]));
    // Its button goes with the run that was looked at; the dialog gives it the focus before.
    setTimeout(focusContent);
  };
  const isComing = plan.value === undefined && refusal.value === undefined;
  return (
    <Dialog
      title={say(from === 'all' ? 'runs.retryAllTitle' : 'runs.retryTitle')}
      kind="retry"
      onClosed={close}
    >
      {(leave) => (
        <>
          {refusal.value !== undefined && <p class="refusal">{refusal.value}</p>}
          {retried.length > 0 && (
            <p class="waits" role="status">
              {say('runs.madeAgain')} {retried.join(', ')}
            </p>
          )}
          <div class="plan" aria-busy={isComing}>
            {/* There before its words are: whoever listens is told them when they come. */}
            <p role="status">{plan.value !== undefined && summaryOf(plan.value)}</p>
            {plan.value !== undefined && <Plan plan={plan.value} />}
          </div>
          <div class="actions">
            {plan.value !== undefined && (
              <ActionButton kind="main" act={start} done={() => say('runs.retried')}>
                {say('runs.start')}
              </ActionButton>
            )}
            {refusal.value !== undefined && plan.value === undefined && (
              <Button
                kind="main"
                onClick={() => {
                  round.value += 1;
                }}
              >
                {say('shell.planAgain')}
              </Button>
            )}
            <Button onClick={leave}>{say('shell.close')}</Button>
            <span class="grow" />
            <CopyButton text={() => curl({ method: 'POST', path: `/runs/${run.id}/retry`, body })}>
              {say('runs.copyCurl')}
            </CopyButton>
          </div>
        </>
      )}
    </Dialog>
  );
}

function summaryOf({ stages, expectedMs }: PlannedRun): string {
  const what = say('runs.planned', { count: stages.length });
  const time = expectedMs === null ? [] : [say('runs.about', { time: duration(expectedMs) })];
  return [what, ...time].join(', ');
}

function Plan({ plan: { stages, servers, closed } }: { plan: PlannedRun }) {
  const busy = servers.filter(({ isFree }) => !isFree);
  const more = stages.length - mostShown;
  return (
    <>
      {busy.length > 0 && (
        <p class="waits">
          {say('runs.willWait', { servers: busy.map(({ server }) => server).join(', ') })}
        </p>
      )}
      {closed !== undefined && <p class="waits">{closed.reason}</p>}
      <ol>
        {stages.slice(0, mostShown).map((stage) => (
          <li key={stage.id}>
            <bdi>{stageTitle(stage)}</bdi> <small>{stage.server}</small>
          </li>
        ))}
      </ol>
      {more > 0 && <p class="quiet">{say('runs.andMore', { count: more })}</p>}
    </>
  );
}
