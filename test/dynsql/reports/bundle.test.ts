import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildApp } from '../../../demo/build.ts';
import type { printReport } from '../../../shared/dynsql/reports/print-report.ts';
import { readPdf } from './pdf.ts';
import { bytesOf, never, pdfOf, printed, reportWith, row, rowsOf } from './world.ts';

it('reports are printed by a bundle with its fonts alone', async () => {
  const entry = fileURLToPath(
    new URL('../../../shared/dynsql/reports/print-report.ts', import.meta.url),
  );
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  try {
    await buildApp(entry, folder);
    const files = await readdir(folder);
    assert.deepEqual(
      files.filter((name) => !/\.cjs(\.map)?$/.test(name)),
      ['fonts'],
    );
    const bundle = createRequire(import.meta.url)(join(folder, 'main.cjs')) as {
      printReport: typeof printReport;
    };
    const rows = [row(1), row(2)];
    const chunks = bundle.printReport(reportWith(), rowsOf(rows), printed, never);
    assert.deepEqual(readPdf(await bytesOf(chunks)), await pdfOf(reportWith(), rows));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
