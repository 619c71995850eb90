import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { EntityTurn } from '../../api/schema.d.ts';
import { go, hrefOf } from '../../shell/router.ts';
import { day, duration, moment, number, timeZone } from '../../text/format.ts';
import { language } from '../../text/languages.ts';
import { say } from '../../text/say.ts';

interface CurveProps {
  /** How long it took, with the median; or how many rows the last stage had. */
  kind: 'took' | 'rows';
  /** The newest first. */
  turns: readonly EntityTurn[];
  /** Milliseconds. */
  median?: number;
  label: string;
}

const height = 200;

/** Turns over time. What it shows is in the table beside it, which is for everybody. */
export default function Curve({ kind, turns, median, label }: CurveProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const shown = useRef(turns);
  shown.current = turns;
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsOf(element, kind, () => shown.current.toReversed()),
        dataOf(kind, shown.current, median),
        element,
      );
    };
    draw();
    const resized = new ResizeObserver(() => {
      plot.current?.setSize({ width: element.clientWidth, height });
    });
    resized.observe(element);
    // Colours are the system's or the reader's: both are another drawing.
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      themed.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [kind, language.value, timeZone.value]);
  useEffect(() => {
    plot.current?.setData(dataOf(kind, turns, median));
  }, [turns.length, turns[0]?.run, median]);
  const last = turns.find(({ tookMs }) => tookMs !== undefined);
  const said = last === undefined ? [] : [valueText(kind, valueIn(kind, last) ?? 0)];
  return (
    <figure class="curve sheet">
      <figcaption>{label}</figcaption>
      <div class="plot" role="img" aria-label={[label, ...said].join(': ')} ref={box} />
    </figure>
  );
}

function valueIn(kind: CurveProps['kind'], { tookMs, rows = {} }: EntityTurn): number | null {
  if (kind === 'took') return tookMs ?? null;
  return Object.values(rows).at(-1) ?? null;
}

const valueText = (kind: CurveProps['kind'], value: number) =>
  kind === 'took' ? duration(value, 'narrow') : number(value);

/** From the oldest on; what failed has a mark on the floor. */
function dataOf(
  kind: CurveProps['kind'],
  turns: readonly EntityTurn[],
  median: number | undefined,
): uPlot.AlignedData {
  const inOrder = turns.toReversed();
  const times = inOrder.map(({ at }) => Date.parse(at) / 1_000);
  const values = inOrder.map((turn) => valueIn(kind, turn));
  if (kind === 'rows') return [times, values];
  const usual = inOrder.map(() => median ?? null);
  const failed = inOrder.map(({ state }) => (state === 'failed' ? 0 : null));
  return [times, values, usual, failed];
}

function optionsOf(
  element: HTMLElement,
  kind: CurveProps['kind'],
  turns: () => readonly EntityTurn[],
): uPlot.Options {
  const colour = (token: string) => resolved(element, token);
  const axis = {
    ...{ stroke: colour('--quiet'), font: '12px Inter, system-ui, sans-serif' },
    ticks: { show: false },
  };
  const grid = { stroke: colour('--faint'), width: 1 };
  const series: uPlot.Series[] = [
    {},
    {
      ...{ stroke: colour('--accent'), width: 1.5, spanGaps: true },
      points: { show: true, size: 5, fill: colour('--accent') },
    },
  ];
  if (kind === 'took') {
    series.push(
      { stroke: colour('--fresh-ink'), width: 1, dash: [6, 4], points: { show: false } },
      {
        stroke: colour('--failed-ink'),
        paths: () => null,
        points: { show: true, size: 8, fill: colour('--failed-ink') },
      },
    );
  }
  return {
    ...{ width: Math.max(120, element.clientWidth), height, series },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), timeZone.value),
    legend: { show: false },
    cursor: {
      drag: { x: false, y: false },
      ...{ points: { size: 8 }, y: false },
      bind: {
        click: (self) => () => {
          const turn = turns()[self.cursor.idx ?? -1];
          if (turn !== undefined) go(hrefOf('runs', [turn.run]));
          return null;
        },
      },
    },
    scales: {
      // A single one stands in the middle of its day.
      x: { range: (_, min, max) => (min === max ? [min - 43_200, max + 43_200] : [min, max]) },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 32,
        values: (_, splits, __, ___, step) =>
          splits.map((at) => (step < 86_400 ? moment(at * 1_000) : day(at * 1_000))),
        space: 120,
      },
      {
        ...{ ...axis, grid, size: 64 },
        ...(kind === 'took' && { incrs: steps }),
        values: (_, splits) => splits.map((value) => valueText(kind, value)),
      },
    ],
    hooks: { setCursor: [(self) => point(self, kind, turns())] },
  };
}

/** Milliseconds between lines: whole seconds, minutes and hours, as durations are written. */
const steps = [1, 2, 5, 10, 15, 30]
  .flatMap((one) => [one * 1_000, one * 60_000, one * 3_600_000])
  .sort((a, b) => a - b);

/** What is under the pointer, in words. */
function point(self: uPlot, kind: CurveProps['kind'], turns: readonly EntityTurn[]): void {
  const turn = turns[self.cursor.idx ?? -1];
  const value = turn && valueIn(kind, turn);
  self.over.title =
    turn === undefined
      ? ''
      : [
          moment(turn.at),
          value === null || value === undefined
            ? say(`state.${turn.state}`)
            : valueText(kind, value),
        ].join(' · ');
}

/** A canvas knows no variables. */
function resolved(element: HTMLElement, token: string): string {
  const before = element.style.color;
  element.style.color = `var(${token})`;
  const colour = getComputedStyle(element).color;
  element.style.color = before;
  return colour;
}
