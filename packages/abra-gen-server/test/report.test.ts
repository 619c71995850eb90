/** The printed report as a file: its objects are where it says, its text is Czech. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Text, writePdf } from '../src/report/pdf.ts';
import { invoicesId, start } from './fixture.ts';

/** Every object is at the place that the table of the file's end gives for it. */
function assertPlaces(file: string): void {
  const [, start] = /startxref\n(\d+)\n%%EOF\n$/.exec(file) ?? [];
  const table = file.slice(Number(start));
  assert.match(table, /^xref\n0 \d+\n/);
  const entries = [...table.matchAll(/^(\d{10}) \d{5} n $/gm)].map(([, place]) => Number(place));
  assert.ok(entries.length > 5);
  for (const [index, place] of entries.entries()) {
    const object = `${index + 1} 0 obj\n`;
    assert.equal(file.slice(place, place + object.length), object);
  }
  for (const [, length, content = ''] of file.matchAll(
    /\/Length (\d+) >>\nstream\n(.*?)endstream/gs,
  )) {
    assert.equal(content.length, Number(length));
  }
}

describe('PDF', () => {
  it('has its objects in place, whatever the text', () => {
    const texts = ['Příliš žluťoučký kůň', '(závorky) a \\', 'Ж', ''];
    const sheets = texts.map((text): Text[] => [{ x: 50, y: 50, text }]);
    const file = Buffer.concat([...writePdf(sheets)]).toString('latin1');
    assertPlaces(file);
    assert.match(file, /\/Count 4 /);
    assert.match(file, /\(\\\(závorky\\\) a \\\\\) Tj/);
    assert.match(file, /\(\?\) Tj/);
    const codes = /\/Differences \[128 (.*?)\]/.exec(file)?.[1]?.split(' ') ?? [];
    const rcaron = String.fromCharCode(128 + codes.indexOf('/rcaron'));
    assert.ok(file.includes(`(P${rcaron}íli`));
  });

  it('prints a page for each invoice that the query finds', async (test) => {
    const { abraGen } = await start(test);
    const response = await fetch(
      `${abraGen.url}/demodata/dynsql/${invoicesId}/exec?report=W400000001`,
      {
        method: 'POST',
        headers: {
          accept: 'application/pdf',
          authorization: `Basic ${btoa('Supervisor:supervisor')}`,
        },
        body: JSON.stringify({
          select: 'ID',
          where: { id: 'ID', value: ['1400000101', '2E00000101'] },
        }),
      },
    );
    const file = Buffer.from(await response.arrayBuffer()).toString('latin1');
    assertPlaces(file);
    assert.match(file, /\/Count 2 /);
    assert.match(file, /FV-5\/2020/);
  });
});
