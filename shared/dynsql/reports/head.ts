/** The head of a report: title, whose figures these are, what was asked, by whom and when. */

import type { Asked } from './asked.ts';
import { type Cell, laid } from './band.ts';
import type { Flow } from './flow.ts';
import type { Formatter } from './format.ts';
import type { LayoutDocument } from './layout.ts';
import { readLogo } from './logo.ts';
import { points } from './page-size.ts';
import type { PrintJob } from './print-job.ts';
import { styles } from './style.ts';
import { words } from './words.ts';

/** Between the longest label and the texts, and around the head; in points. */
const gap = 6;

/** What stands for the names in a page's header and footer. */
export function pageTexts(
  layout: LayoutDocument,
  asked: Asked,
  { printed, user = '' }: PrintJob,
  formatter: Formatter,
): Record<string, string> {
  return {
    title: layout.title,
    company: layout.company ?? '',
    period: layout.period === undefined ? '' : (asked.period ?? words[layout.language].unlimited),
    user,
    printed: formatter.text(printed, { format: 'datetime' }),
  };
}

/** Puts the head at the beginning of the first page. */
export function putHead(
  flow: Flow,
  layout: LayoutDocument,
  asked: Asked,
  texts: Readonly<Record<string, string>>,
): void {
  const { paper } = flow;
  const { margin } = paper;
  const logo = drawnLogo(flow, layout);
  const width = paper.width - 2 * margin - (logo === undefined ? 0 : logo.width + gap);
  const at = { x: margin, width, align: 'left' } as const;
  const { root } = paper.structure;
  const title = { cells: [{ ...at, text: layout.title }], style: styles.title };
  flow.put(laid({ ...title, element: root.child('H1') }, paper));
  const lines = headLines(layout, asked, texts);
  const labels = lines.map(([label]) => paper.textWidth(`${label}:`, styles.label));
  const labelWidth = Math.min(width / 3, Math.max(0, ...labels) + gap + 5);
  for (const [label, text] of lines) {
    const cells: Cell[] = [
      { ...at, width: labelWidth, text: `${label}:`, style: styles.label },
      { ...at, x: margin + labelWidth, width: width - labelWidth, text },
    ];
    flow.putWithLast(laid({ cells, style: styles.row, element: root.child('P') }, paper));
  }
  if (logo !== undefined) flow.notAbove(logo.bottom);
  // Room before the table.
  flow.putWithLast(
    laid({ cells: [{ ...at, text: '' }], style: { ...styles.row, size: 1 } }, paper),
  );
}

/** The logo at the right margin. @returns its width, and its lower edge */
function drawnLogo({ paper, top }: Flow, { logo }: LayoutDocument) {
  const read = logo && readLogo(logo.image);
  if (logo === undefined || typeof read !== 'object') return undefined;
  const height = points(logo.height);
  const width = (height * read.width) / read.height;
  paper.image(read.bytes, paper.width - paper.margin - width, top, width, height, logo.alt);
  return { width, bottom: top + height };
}

function headLines(
  { company, period, language }: LayoutDocument,
  { conditions, top, skip }: Asked,
  texts: Readonly<Record<string, string>>,
): [label: string, text: string][] {
  const own = words[language];
  const counts = [
    ...(top === undefined ? [] : [own.top.replace('{top}', String(top))]),
    ...(skip === 0 ? [] : [own.skip.replace('{skip}', String(skip))]),
  ];
  const lines: [string, string | undefined][] = [
    [own.company, company],
    [own.period, period === undefined ? undefined : texts.period],
    [own.conditions, conditions.join('; ')],
    [own.rows, counts.join(', ')],
    [own.printed, [texts.printed, texts.user].filter(Boolean).join(', ')],
  ];
  return lines.flatMap(([label, text]) => (text ? [[label, text]] : []));
}
