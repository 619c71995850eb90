import type { Cell } from '../../../api/schema.d.ts';
import { now } from '../../../live/clock.ts';
import { duration, percent } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import type { Condition } from './condition.ts';

interface MatrixCellProps {
  /** Entity and data source, for those who hear it. */
  where: string;
  /** How many columns it has. */
  span: number;
  place: { row: number; column: number; tabIndex: number };
  /** Its place among all columns, where not all are drawn. */
  number: { 'aria-colindex'?: number };
  condition: Condition;
  isChosen: boolean;
  /** Milliseconds since 1970, to the minute. */
  at: number;
}

/** What is drawn in a cell, and what is said of it. */
interface Shown {
  left: string;
  right: string;
  /** Something that has to be seen beside the colour. */
  mark?: string;
  words: string;
  /** What is done, in percent. */
  share?: number;
}

/** Reads no signal: its row is drawn anew when something of it is another. */
export function MatrixCell({
  where,
  span,
  place,
  number,
  condition,
  isChosen,
  at,
}: MatrixCellProps) {
  const { kind } = condition;
  const isMoving = kind === 'running' || kind === 'waiting';
  const shown = isMoving ? undefined : still(condition, at);
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: in a grid a cell is a grid cell, which may be selected
    <td
      class={`cell ${kind}`}
      colSpan={span}
      aria-selected={isChosen}
      {...number}
      data-row={place.row}
      data-column={place.column}
      tabIndex={place.tabIndex}
      {...(shown && { 'aria-label': `${where}: ${shown.words}` })}
    >
      {shown === undefined ? (
        <Moving where={where} condition={condition} />
      ) : (
        <>
          <span class="pair">
            <span>{shown.left}</span> <span>{shown.right}</span>
          </span>{' '}
          {shown.mark !== undefined && <em>{shown.mark}</em>}
        </>
      )}
    </td>
  );
}

/** What runs or is to come: drawn anew each second, by itself. */
function Moving({ where, condition }: { where: string; condition: Condition }) {
  const { left, right, words, share } = moving(condition, now.value);
  return (
    <>
      {share !== undefined && (
        <span class="done" aria-hidden="true" style={{ width: `${share}%` }} />
      )}
      <span class="unseen">{`${where}: ${words}`}</span>
      <span class="pair" aria-hidden="true">
        <span>{left}</span> <span>{right}</span>
      </span>
    </>
  );
}

/** What is seen is said: whoever speaks to the page says what they see. */
function still({ kind, cell }: Condition, at: number): Shown {
  const { success, error } = cell ?? {};
  if (kind === 'never') return { left: '–', right: '', words: say('board.never') };
  const left = success === undefined ? '–' : duration(at - Date.parse(success.at), 'narrow', 1);
  const right = success === undefined ? '' : duration(success.tookMs, 'narrow', 1);
  const mark = markOf(kind, error);
  const seen = [left, right, mark].filter(Boolean).join(' ');
  const words = `${say(`board.${kind}`)}, ${seen}`;
  return { left, right, words, ...(mark !== undefined && { mark }) };
}

function markOf(kind: Condition['kind'], error: Cell['error']): string | undefined {
  if (kind === 'differs') return '≠';
  if (kind !== 'failed') return undefined;
  return error?.number === undefined ? say('board.failedMark') : String(error.number);
}

function moving({ kind, active }: Condition, at: number): Shown {
  const { state, since, beginsAt, endsAt, stagesDone = 0, stagesTotal = 1 } = active ?? {};
  if (kind === 'waiting') {
    const until = beginsAt === undefined ? undefined : Date.parse(beginsAt) - at;
    const left = say(state === 'waiting' ? 'board.inLine' : 'board.next');
    const right = until === undefined || until <= 0 ? '' : duration(until, 'narrow', 1);
    const words = right === '' ? left : say('board.nextIn', { time: right });
    return { left, right, words };
  }
  const ends = endsAt === undefined ? Number.NaN : Date.parse(endsAt);
  const begun = since === undefined ? Number.NaN : Date.parse(since);
  const byTime = ends > begun ? (at - begun) / (ends - begun) : Number.NaN;
  // Nobody knows how long it takes that was never measured: its stages are counted.
  const share = Math.min(
    0.99,
    Math.max(0, Number.isNaN(byTime) ? stagesDone / stagesTotal : byTime),
  );
  const right = ends > at ? duration(ends - at, 'narrow', 1) : '';
  const left = percent(share);
  const words =
    right === ''
      ? say('board.runningDone', { share: left })
      : say('board.runningLeft', { share: left, time: right });
  return { left, right, words, share: Math.round(share * 100) };
}
