/** What a report is to those who hear it: its structure, read from the file. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { printReport } from '../../../shared/dynsql/reports/print-report.ts';
import { type PdfObjects, readPdfObjects } from './pdf.ts';
import { bytesOf, never, printed, reportWith, row, rowsOf } from './world.ts';

/** An element: its type, its attributes, and how many marks it has, or what is in it. */
type Node = readonly [type: string, ...(Node | number)[]];

async function printedObjects(count: number, edits = {}): Promise<PdfObjects> {
  const items = [{ PAIDON: '2019-07-05', AMOUNT: 1 }];
  const rows = Array.from({ length: count }, (_, index) =>
    row(index, index === 1 ? { datasets: [{ name: 'Payments', items }] } : {}),
  );
  return readPdfObjects(
    await bytesOf(printReport(reportWith(edits), rowsOf(rows), printed, never)),
  );
}

/** The tree below an element; each element must name its parent. */
function nodeOf({ dictionary }: PdfObjects, id: number, parent: number): Node {
  const text = dictionary(id);
  assert.match(text, new RegExp(`/P ${parent} 0 R`));
  const [, type = ''] = /\/S \/(\w+)/.exec(text) ?? [];
  const [, scope] = /\/Scope \/(\w+)/.exec(text) ?? [];
  const [, span] = /\/ColSpan (\d+)/.exec(text) ?? [];
  const [, kids = ''] = /\/K \[([^\]]*)\]/.exec(text) ?? [];
  const below = [...kids.matchAll(/(\d+) 0 R(?!\n\/MCID)/g)].map(([, kid]) =>
    nodeOf({ dictionary } as PdfObjects, Number(kid), id),
  );
  const marks = kids.replace(/\d+ 0 R/g, '').match(/\d+/g)?.length ?? 0;
  return [[type, scope, span].filter(Boolean).join(' '), ...below, ...(marks > 0 ? [marks] : [])];
}

function treeOf(objects: PdfObjects): Node {
  const [, tree] = /\/StructTreeRoot (\d+) 0 R/.exec(objects.catalog) ?? assert.fail('no tree');
  const [, root] = /\/K \[(\d+) 0 R\]/.exec(objects.dictionary(Number(tree))) ?? [];
  return nodeOf(objects, Number(root), Number(tree));
}

describe('the structure of a report', () => {
  it('has title, head, and tables with their headings, groups, rows and totals', async () => {
    const objects = await printedObjects(2, {
      'table.groups[0]': undefined,
      signatures: ['A', 'B'],
    });
    const cells = (...marks: (number | undefined)[]): Node[] =>
      marks.map((mark) => (mark === undefined ? ['TD'] : ['TD', mark]));
    const heads = (count: number): Node[] => Array(count).fill(['TH Column', 1]);
    assert.deepEqual(treeOf(objects), [
      'Document',
      ['H1', 1],
      ['P', 2],
      [
        'Table',
        [
          'TBody',
          ['TR', ...heads(3)],
          ['TR', ['TH Row 3', 1]],
          ['TR', ...cells(1, 1, 1)],
          ['TR', ...cells(1, 1, 1)],
          ['TR', ['TD 3', ['Table', ['TBody', ['TR', ...heads(2)], ['TR', ...cells(1, 1)]]]]],
          ['TR', ['TH Row 2', 1], ['TD', 1]],
          ['TR', ['TH Row 2', 1], ['TD', 1]],
        ],
      ],
      ['P', 2],
    ]);
    assert.match(objects.catalog, /\/Lang \(ru\)/);
    assert.match(objects.metadata, /<pdfuaid:part>1<\/pdfuaid:part>/);
    assert.match(objects.metadata, /<dc:creator><rdf:Seq><rdf:li>ekonom</);
  });

  it('has every mark of every page, and all else is decoration', async () => {
    const objects = await printedObjects(450);
    const tree = treeOf(objects);
    const count = (node: Node | number): number =>
      typeof node === 'number'
        ? node
        : node.slice(1).reduce<number>((sum, kid) => sum + count(kid as Node | number), 0);
    let marks = 0;
    for (const [index, content] of objects.contents.entries()) {
      const numbers = [...content.matchAll(/<<\/MCID (\d+)>> BDC/g)].map(([, id]) => Number(id));
      assert.deepEqual(numbers, [...numbers.keys()]);
      assert.equal(objects.parents[index]?.length, numbers.length);
      marks += numbers.length;
      const outside = content.replace(/^\/\w+ (BMC|<<\/MCID \d+>> BDC)\n[\s\S]*?\nEMC$/gm, '');
      assert.doesNotMatch(outside, /BT|re f|Do/);
    }
    assert.equal(count(tree), marks);
    const bodies = (tree[3] as Node).slice(1) as Node[];
    assert.deepEqual(
      bodies.map(([type]) => type),
      ['TBody', 'TBody', 'TBody'],
    );
  });

  it('is left out of a report of more pages than it is for', async () => {
    const page = { size: 'A5', orientation: 'landscape', margin: 40 };
    const plain = { 'table.groups': [], 'table.details': [], 'table.total': undefined };
    const report = reportWith({ ...plain, page, 'table.columns[2].sum': undefined });
    const rows = Array.from({ length: 310 }, (_, index) => row(index, { OWNER: 'а\n'.repeat(12) }));
    const objects = readPdfObjects(
      await bytesOf(printReport(report, rowsOf(rows), printed, never)),
    );
    assert.ok(objects.contents.length > 300, `${objects.contents.length} pages`);
    assert.doesNotMatch(objects.catalog, /StructTreeRoot|MarkInfo/);
    assert.doesNotMatch(objects.metadata, /pdfuaid:part/);
  });

  it('masks what means something in XML', async () => {
    const { metadata } = await printedObjects(1, { title: 'A & B <c>' });
    assert.match(metadata, /<rdf:li xml:lang="x-default">A &amp; B &lt;c&gt;<\/rdf:li>/);
  });
});
