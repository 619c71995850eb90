/**
 * FlexiBee with as many companies as the first argument says (`c1`, `c2`, …), all empty, in a
 * process of its own: what it costs is then not ours. Answers questions over IPC.
 */

import { createHash } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startFlexibee } from 'flexibee-server';
import { Arrivals } from './arrivals.ts';
import type { Digest, Question } from './systems.ts';

const names = Array.from({ length: Number(process.argv[2] ?? 1) }, (_, index) => `c${index + 1}`);
const flexibee = await startFlexibee({
  companies: names.map((name) => ({ name, data: false as const })),
  controlPort: 0,
});
const arrivals = new Arrivals();

subscribe('http.server.request.start', (message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
  const company = /^\/c\/([^/]+)\/changes\.json/.exec(request.url ?? '')?.[1];
  if (company !== undefined) response.once('close', arrivals.begin(company));
});

/** What is there, and what happened: the mirror and the journal must come to the same. */
function digest(name: string): { records: Record<string, Digest>; changes: Digest } {
  const company = flexibee.company(name);
  const records = Object.fromEntries(
    company.evidences().map(({ path }) => {
      const hash = createHash('sha256');
      const rows = company.dump(path);
      for (const row of rows) hash.update(`${row['id']} ${JSON.stringify(row)}\n`);
      return [path, { count: rows.length, sha256: hash.digest('hex') }];
    }),
  );
  const hash = createHash('sha256');
  let count = 0;
  for (let start: number | undefined = 0; start !== undefined; ) {
    const page = company.changes({ start, limit: 1000 });
    for (const { version, evidence, id, operation } of page.changes) {
      hash.update(`${version} ${evidence} ${id} ${operation}\n`);
    }
    count += page.changes.length;
    start = page.next;
  }
  return { records, changes: { count, sha256: hash.digest('hex') } };
}

function answer(question: Question): unknown {
  switch (question.ask) {
    case 'bulk':
      return flexibee.company(question.company).bulk(question.options);
    case 'digest':
      return digest(question.company);
    case 'requests':
      return { counts: flexibee.requests.counts(question.company), ...arrivals.summary() };
    case 'latest':
      return flexibee.requests.latest.map(({ path }) => path);
    case 'clear':
      arrivals.clear();
      return flexibee.requests.clear();
  }
}

process.on('message', ({ id, question }: { id: number; question: Question }) => {
  process.send?.({ id, answer: answer(question) ?? null });
});
process.on('disconnect', () => void flexibee.close().then(() => process.exit()));
process.send?.({ type: 'ready', url: flexibee.url });
