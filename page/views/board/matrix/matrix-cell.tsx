import type { VNode } from 'preact';
import type { Cell } from '../../../api/schema.d.ts';
import { now } from '../../../live/clock.ts';
import { brief } from '../../../text/brief.ts';
import { percent } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import type { Condition } from './condition.ts';

interface MatrixCellProps {
  /** Entity and data source, for those who hear it. */
  where: string;
  row: number;
  column: number;
  /** How many columns it has. */
  span: number;
  /** Tab leads to it. */
  isTab: boolean;
  condition: Condition;
  isChosen: boolean;
  /** Milliseconds since 1970, to the minute. */
  at: number;
}

/** What is drawn in a cell, and what is said of it. */
interface Shown {
  left: string;
  right: string;
  /** Something that has to be seen beside the colour, in place of the duration. */
  mark?: string;
  words: string;
  /** What is done, in percent. */
  share?: number;
}

/**
 * A cell, as a part of its row: of thousands none is a component, but for those that run or are to
 * come, which move each second by themselves.
 */
export function matrixCell(props: MatrixCellProps): VNode {
  const { condition, column, at } = props;
  const isMoving = condition.kind === 'running' || condition.kind === 'waiting';
  return isMoving ? <Moving key={column} {...props} /> : cell(props, still(condition, at));
}

function Moving(props: MatrixCellProps) {
  return cell(props, moving(props.condition, now.value));
}

function cell(props: MatrixCellProps, shown: Shown): VNode {
  const { where, row, column, span, isTab, condition, isChosen } = props;
  const { left, right, mark, words, share } = shown;
  return (
    <td
      key={column}
      role="gridcell"
      class={`cell ${condition.kind}`}
      aria-selected={isChosen}
      aria-label={`${where}: ${words}`}
      data-row={row}
      data-column={column}
      tabIndex={isTab ? 0 : -1}
      {...(span > 1 && { 'aria-colspan': span })}
      {...((span > 1 || share !== undefined) && { style: styleOf(span, share) })}
    >
      <span>{left}</span> {mark === undefined ? <span>{right}</span> : <em>{mark}</em>}
    </td>
  );
}

function styleOf(span: number, share: number | undefined) {
  return {
    gridColumn: span > 1 ? `span ${span}` : undefined,
    '--done': share === undefined ? undefined : `${share}%`,
  };
}

/** What is seen is said: whoever speaks to the page says what they see. */
function still({ kind, cell, behindMs }: Condition, at: number): Shown {
  const { success, error } = cell ?? {};
  if (behindMs !== undefined && (kind === 'fresh' || kind === 'old')) {
    const left = brief(behindMs, 'minutes');
    return { left, right: '', words: say('board.followed', { time: left }) };
  }
  if (kind === 'never') return { left: '–', right: '', words: say('board.never') };
  const left = success === undefined ? '–' : brief(at - Date.parse(success.at), 'minutes');
  const right = success === undefined ? '' : brief(success.tookMs);
  const mark = markOf(kind, error);
  const words = `${say(`board.${kind}`)}, ${[left, mark ?? right].filter(Boolean).join(' ')}`;
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
    const right = until === undefined || until <= 0 ? '' : brief(until);
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
  const right = ends > at ? brief(ends - at) : '';
  const left = percent(share);
  const words =
    right === ''
      ? say('board.runningDone', { share: left })
      : say('board.runningLeft', { share: left, time: right });
  return { left, right, words, share: Math.round(share * 100) };
}
