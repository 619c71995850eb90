/** Lines to sign on, at the end of a report. */

import { laid } from './band.ts';
import type { Flow } from './flow.ts';
import type { LayoutDocument } from './layout.ts';
import { styles } from './style.ts';

/** Room to write, and between two lines; in points. */
const room = { above: 40, between: 24 };

/** On the page of the last band: a signature is for something. */
export function putSignatures(flow: Flow, { signatures }: LayoutDocument): void {
  if (signatures.length === 0) return;
  const { paper } = flow;
  const { margin } = paper;
  const width = (paper.width - 2 * margin) / Math.max(2, signatures.length);
  const cells = signatures.map((text, index) => ({
    x: margin + index * width,
    width,
    align: 'left' as const,
    inset: index === 0 ? 0 : room.between,
    ruleAbove: 0,
    text,
  }));
  const element = paper.structure.root.child('P');
  const band = { cells, style: styles.signature, space: room.above, element };
  flow.putWithLast(laid(band, paper));
}
