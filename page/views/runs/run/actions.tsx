import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { answered, api } from '../../../api/client.ts';
import type { Run } from '../../../api/schema.d.ts';
import { hasEnded } from '../../../live/use-run.ts';
import { may } from '../../../session/session.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { ConfirmButton } from '../../../ui/confirm-button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { curl } from '../../../ui/curl.ts';
import { RetryDialog } from './retry-dialog.tsx';

/** What may be done about a run as it is. */
export function Actions({ run }: { run: Run }) {
  const retry = useSignal<'failure' | 'all' | undefined>(undefined);
  // A question that is open is told, too.
  const isOver = useSignal(hasEnded(run));
  useEffect(() => {
    isOver.value = hasEnded(run);
  });
  const mayRun = may('run', run.codes);
  const isOpen = run.state !== 'succeeded';
  return (
    <div class="actions">
      {mayRun && !hasEnded(run) && <Cancel run={run} isOver={isOver} />}
      {mayRun && hasEnded(run) && isOpen && (
        <Button
          kind="main"
          onClick={() => {
            retry.value = 'failure';
          }}
        >
          {say('runs.retryFailed')}
        </Button>
      )}
      {mayRun && hasEnded(run) && (
        <Button
          onClick={() => {
            retry.value = 'all';
          }}
        >
          {say('runs.retryAll')}
        </Button>
      )}
      <CopyButton text={() => curl({ path: `/runs/${run.id}` })}>{say('runs.copyCurl')}</CopyButton>
      {retry.value !== undefined && (
        <RetryDialog
          run={run}
          from={retry.value}
          close={() => {
            retry.value = undefined;
          }}
        />
      )}
    </div>
  );
}

/** Asked twice: what a night has done so far would have to be done again. */
function Cancel({ run, isOver }: { run: Run; isOver: ReadonlySignal<boolean> }) {
  const { id } = run;
  return (
    <ConfirmButton
      act={() => answered(api.POST('/runs/{id}/cancel', { params: { path: { id } } }))}
      done={() => say('runs.cancelAsked')}
      question={say('runs.cancelQuestion', { id })}
      over={() => (isOver.value ? say('runs.runHasEnded', { id }) : undefined)}
      yes={say('runs.cancelReally')}
    >
      {say('runs.cancel')}
    </ConfirmButton>
  );
}
