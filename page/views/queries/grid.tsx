import { useSignal } from '@preact/signals';
import { memo } from 'preact/compat';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { number } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { Button } from '../../ui/button.tsx';
import type { NestedRows, Row } from './answer.ts';
import { cellText, isNumber } from './cells.ts';
import { Nested } from './nested.tsx';
import type { Shown } from './results.tsx';
import type { RowPages } from './row-pages.ts';
import { canvasHeight, type Opened, rowsIn, topOf, virtualTop } from './scroll-rows.ts';

interface GridProps {
  pages: RowPages;
  total: number;
  /** Another one, and rows have come. */
  version: number;
  shown: Shown;
}

export const rowHeight = 32;
const headHeight = 32;
const countWidth = 88;
const nestedWidth = 144;

/**
 * Rows of which only those in sight are drawn: the table stands still in a box that is as high as all
 * rows would be, and shows those that the box is scrolled to.
 */
export function Grid({ pages, total, shown }: GridProps) {
  const box = useRef<HTMLElement>(null);
  const scrolled = useSignal(0);
  const height = useSignal(600);
  const opened = useSignal<Opened>(new Map());
  const sizes = { total, rowHeight, opened: opened.value };
  const room = Math.max(rowHeight, height.value - headHeight);
  const canvas = canvasHeight(sizes);
  const top = virtualTop(sizes, { scrolled: scrolled.value, room, canvas });
  const { from, to } = rowsIn(sizes, { top, room });

  useLayoutEffect(() => {
    const { current } = box;
    if (current === null) return;
    const observer = new ResizeObserver(() => {
      height.value = current.clientHeight;
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => pages.look(from, to), [pages, from, to]);

  const width =
    countWidth +
    shown.columns.reduce((sum, column) => sum + column.width, 0) +
    shown.below.length * nestedWidth;
  const toggle = (index: number, row: Row) => {
    const next = new Map(opened.value);
    if (!next.delete(index)) next.set(index, heightOf(row));
    opened.value = next;
  };
  const indices = Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
  return (
    <section
      ref={box}
      class="grid sheet"
      aria-label={say('queries.answer')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: axe asks for it of what scrolls
      tabIndex={0}
      onScroll={(event) => {
        scrolled.value = event.currentTarget.scrollTop;
      }}
    >
      <div class="canvas" style={{ height: `${canvas + headHeight}px`, width: `${width}px` }}>
        <div class="still" style={{ height: `${Math.min(height.value, canvas + headHeight)}px` }}>
          <table aria-label={shown.title} aria-rowcount={total + 1} style={{ width: `${width}px` }}>
            <colgroup>
              <col style={{ width: `${countWidth}px` }} />
              {shown.columns.map(({ key, width: own }) => (
                <col key={key} style={{ width: `${own}px` }} />
              ))}
              {shown.below.map(({ name }) => (
                <col key={name} style={{ width: `${nestedWidth}px` }} />
              ))}
            </colgroup>
            <Head shown={shown} />
            <tbody style={{ top: `${topOf(sizes, from) - top}px` }}>
              {indices.map((index) => (
                <Line
                  key={index}
                  {...{ index, shown }}
                  row={pages.row(index)}
                  isOpen={opened.value.has(index)}
                  toggle={toggle}
                />
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </section>
  );
}

function Head({ shown }: { shown: Shown }) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col" class="number">
          #
        </th>
        {shown.columns.map(({ key, title, datatype }) => (
          <th key={key} scope="col" class={isNumber(datatype) ? 'number' : ''} title={title}>
            {title}
          </th>
        ))}
        {shown.below.map(({ name, title }) => (
          <th key={name} scope="col" title={title}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface LineProps {
  index: number;
  row: Row | undefined;
  shown: Shown;
  isOpen: boolean;
  toggle(index: number, row: Row): void;
}

/** Drawn when it comes into sight, and anew when its row has come: with each step of the box it only moves. */
const Line = memo(
  DrawnLine,
  (one, other) =>
    one.index === other.index &&
    one.row === other.row &&
    one.shown === other.shown &&
    one.isOpen === other.isOpen,
);

function DrawnLine({ index, row, shown, isOpen, toggle }: LineProps) {
  const { columns, below } = shown;
  const id = `rows-below-${index}`;
  return (
    <>
      <tr aria-rowindex={index + 2} aria-busy={row === undefined}>
        <td class="number quiet">{number(index + 1)}</td>
        {columns.map(({ key, datatype }) => {
          const text = row === undefined ? '' : cellText(row[key] as string | undefined, datatype);
          return (
            <td key={key} class={isNumber(datatype) ? 'number' : ''} title={text}>
              <bdi>{text.length > longestShown ? `${text.slice(0, longestShown)}…` : text}</bdi>
            </td>
          );
        })}
        {below.map(({ name }) => {
          const items = nestedOf(row, name)?.items ?? [];
          return (
            <td key={name} class="below">
              {row !== undefined && items.length > 0 ? (
                <Button
                  kind="quiet"
                  aria-expanded={isOpen}
                  aria-controls={id}
                  onClick={() => toggle(index, row)}
                >
                  {say('queries.rows', { count: items.length })}
                </Button>
              ) : (
                <span class="quiet">{row === undefined ? '' : '–'}</span>
              )}
            </td>
          );
        })}
      </tr>
      {isOpen && row !== undefined && (
        <tr class="opened" id={id}>
          <td colSpan={columns.length + below.length + 1} style={{ height: `${heightOf(row)}px` }}>
            <div style={{ height: `${heightOf(row)}px` }}>
              {below.map((one) => (
                <Nested key={one.name} shown={one} rows={nestedOf(row, one.name)?.items ?? []} />
              ))}
            </div>
          </td>
        </tr>
      )}
    </>
  );
}

/** Letters of a cell: nobody reads more in a line, and its title has all. */
const longestShown = 300;

const nestedOf = (row: Row | undefined, name: string): NestedRows | undefined =>
  row?.datasets?.find((one) => one.name === name);

const mostHeight = 360;
const nestedLine = 28;

/** Of what opens below a row: known before it is drawn, so that nothing jumps. */
function heightOf(row: Row): number {
  const lines = (one: Row): number =>
    (one.datasets ?? []).reduce(
      (sum, { items }) => sum + 2 + items.reduce((rows, item) => rows + 1 + lines(item), 0),
      0,
    );
  return Math.min(mostHeight, 16 + lines(row) * nestedLine);
}
