import { api } from '../../api/client.ts';
import type { Run } from '../../api/schema.d.ts';
import { useLive } from '../../live/use-live.ts';
import { useLog } from '../../live/use-log.ts';
import { number } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { told } from '../../text/told.ts';
import { stageTitle } from './words.ts';

/** Drawn at once; whoever wants more opens the run. */
const mostErrors = 10;

/** The errors of a run, as its servers said them. */
export function Cause({ id, run }: { id: string; run: string }) {
  const { data, refusal } = useLive(`cause ${run}`, (how) =>
    api.GET('/runs/{id}', { params: { path: { id: run } }, ...how }),
  ).value;
  // All of it: what `view` leaves of an error is less than the line above has.
  const errors = (data as Run | undefined)?.errors ?? [];
  return (
    <div class="cause" id={id} aria-busy={data === undefined && refusal === undefined}>
      {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
      {errors.slice(0, mostErrors).map(({ stage, number: code, message, procedure, line }) => (
        <p key={stage ?? message}>
          {stage !== undefined && <b>{stageTitle(stage)}</b>}
          {code !== undefined && <span class="code">{code}</span>}
          <span class="message">
            {stage !== undefined && message.endsWith(mark) ? (
              <Whole run={run} stage={stage} message={message} />
            ) : (
              told(message)
            )}
          </span>
          {procedure !== undefined && (
            <span class="quiet">
              <code>{procedure}</code>
              {line !== undefined && <> {say('now.line', { line: String(line) })}</>}
            </span>
          )}
        </p>
      ))}
      {errors.length > mostErrors && (
        <p class="quiet">{say('now.moreErrors', { count: number(errors.length - mostErrors) })}</p>
      )}
    </div>
  );
}

/** What a run's document has no room for is cut, and ends so. */
const mark = '…';

/** An error that is cut in the run, as its log has it: whole. */
function Whole({ run, stage, message }: { run: string; stage: string; message: string }) {
  const { lines = [] } = useLog(run, stage, false).value;
  const beginning = message.slice(0, -mark.length);
  const [first = ''] = beginning.split('\n');
  const said = lines.findLast(({ isOurs, text }) => isOurs && text.includes(first));
  return <>{said === undefined ? message : said.text.slice(said.text.indexOf(first))}</>;
}
