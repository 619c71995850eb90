/** Rows that look different by what is in them. */

import { compareDecimals, readDecimal } from '../../json/decimal.ts';
import { wallClock } from '../../time/zone.ts';
import { foldName } from '../name.ts';
import { wallText } from '../time/dates.ts';
import type { Comparison, HighlightLayout, TableLayout } from './layout.ts';
import type { Style } from './paper.ts';

/** How a cell looks beside its band's style. */
export interface Look {
  readonly style?: Style;
  readonly fill?: string;
}

const moment = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/;

type Row = Readonly<Record<string, unknown>>;

/** Chooses how a row's cells look. */
export class Highlights {
  readonly #highlights: readonly (HighlightLayout & { readonly keys: ReadonlySet<string> })[];
  readonly #style: Style;
  readonly #zone: string;
  readonly #today: string;

  /**
   * @param style of a cell that nothing highlights
   * @param zone of the readers, by whose clock moments and `today` are
   * @param printed when `today` is
   */
  constructor({ highlights, columns }: TableLayout, style: Style, zone: string, printed: Date) {
    this.#highlights = highlights.map((one) => ({
      ...one,
      keys: new Set((one.columns ?? columns.map(({ field }) => field)).map(foldName)),
    }));
    this.#style = style;
    this.#zone = zone;
    this.#today = wallText(wallClock(printed.getTime(), zone)).slice(0, 10);
  }

  /** By the key of a column. */
  of(row: Row): (key: string) => Look {
    if (this.#highlights.length === 0) return () => ({});
    const fitting = this.#highlights.filter(({ when }) =>
      when.every((comparison) => this.#fits(row, comparison)),
    );
    return (key) => fitting.filter(({ keys }) => keys.has(key)).reduce(this.#looking, {});
  }

  #fits(row: Row, { field, is, value }: Comparison): boolean {
    const own = row[foldName(field)];
    if (own === null || own === undefined) return false;
    const order = compared(this.#wall(own), value === 'today' ? this.#today : value);
    if (order === undefined) return is === '<>';
    if (is === '=') return order === 0;
    if (is === '<>') return order !== 0;
    if (is === '<') return order < 0;
    if (is === '<=') return order <= 0;
    return is === '>' ? order > 0 : order >= 0;
  }

  /** A moment by the readers' clock; all else as it is. */
  #wall(value: unknown): unknown {
    if (typeof value !== 'string' || !moment.test(value)) return value;
    const time = Date.parse(value);
    return Number.isNaN(time) ? value : wallText(wallClock(time, this.#zone));
  }

  readonly #looking = (
    { style = this.#style, ...look }: Look,
    { bold, color = style.color, fill }: HighlightLayout,
  ): Look => ({
    ...look,
    style: {
      ...style,
      ...(bold ? { weight: 'bold' } : {}),
      ...(color === undefined ? {} : { color }),
    },
    ...(fill === undefined ? {} : { fill }),
  });
}

/** Below, at or above 0 as `one` stands to `other`; undefined: they do not compare. */
function compared(one: unknown, other: Comparison['value']): number | undefined {
  const numbers = [readDecimal(one), readDecimal(other)] as const;
  if (numbers[0] !== undefined && numbers[1] !== undefined) {
    return compareDecimals(numbers[0], numbers[1]);
  }
  if (typeof one === 'boolean' || typeof other === 'boolean') {
    return typeof one === typeof other ? Number(one) - Number(other) : undefined;
  }
  const text = String(one);
  // A bare date counts as its whole day.
  const own = /^\d{4}-\d\d-\d\d$/.test(String(other)) ? text.slice(0, 10) : text;
  return own < String(other) ? -1 : own > String(other) ? 1 : 0;
}
