import { api } from '../../api/client.ts';
import type { RunProgress } from '../../api/schema.d.ts';
import { useLive } from '../../live/use-live.ts';
import { number } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { stageTitle } from './words.ts';

/** The errors of a run, as its servers said them. */
export function Cause({ id, run }: { id: string; run: string }) {
  const { data, refusal } = useLive(`cause ${run}`, (how) =>
    api.GET('/runs/{id}', { params: { path: { id: run }, query: { view: 'progress' } }, ...how }),
  ).value;
  // Asked for by `view`.
  const progress = data as RunProgress | undefined;
  return (
    <div class="cause" id={id} aria-busy={data === undefined && refusal === undefined}>
      {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
      {progress?.errors.map(({ stage, number: code, message, procedure, line }) => (
        <p key={stage ?? message}>
          {stage !== undefined && <b>{stageTitle(stage)}</b>}
          {code !== undefined && <span class="code">{code}</span>}
          <span class="message">{message}</span>
          {procedure !== undefined && (
            <span class="quiet">
              <code>{procedure}</code>
              {line !== undefined && <> {say('now.line', { line: String(line) })}</>}
            </span>
          )}
        </p>
      ))}
      {progress !== undefined && progress.errorCount > progress.errors.length && (
        <p class="quiet">
          {say('now.moreErrors', { count: number(progress.errorCount - progress.errors.length) })}
        </p>
      )}
    </div>
  );
}
