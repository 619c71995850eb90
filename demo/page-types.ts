/**
 * Writes `page/api/schema.d.ts`: types of every request and answer, from the routes' own schemas,
 * so that the page types nothing twice. Its first line has a digest of what the routes say and of
 * what was made of it: by that `--check` knows a file that is another one, without the generator.
 */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { operations } from '../functions/route.ts';
import { routes } from '../functions/routes/index.ts';
import { commandLine } from '../shared/command-line/command-line.ts';
import { openApiDocument } from '../shared/http/openapi.ts';
import { openApiGenerator } from './fetched/openapi-generator.ts';

const target = new URL('../page/api/schema.d.ts', import.meta.url);
interface DescribedOperation {
  responses: Record<string, { headers?: object; content?: Record<string, unknown> }>;
}
interface Described {
  paths: Record<string, Record<string, DescribedOperation>>;
}

/**
 * The document as far as the page types it: it asks for JSON where there is any, and a refusal is a
 * `Problem` of any operation, so that those of each by itself, and headers, would only be the most
 * of the file.
 */
function brief(document: Described): Described {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  for (const { responses } of operations) {
    for (const [status, response] of Object.entries(responses)) {
      if (status >= '300') delete responses[status];
      delete response.headers;
      const json = response.content?.['application/json'];
      if (json !== undefined) response.content = { 'application/json': json };
    }
  }
  return document;
}

/** What the generator makes of the document. */
async function typesOf(document: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'page-types-'));
  try {
    await writeFile(join(folder, 'openapi.json'), document);
    const files = [join(folder, 'openapi.json'), '--output', join(folder, 'types.ts')];
    const args = [openApiGenerator(), ...files, '--root-types', '--root-types-no-schema-prefix'];
    await promisify(execFile)(process.execPath, args);
    return await readFile(join(folder, 'types.ts'), 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first line of a file with these types. */
const digestLine = (document: string, types: string): string =>
  `// ${createHash('sha256').update(document).update(types).digest('hex')}\n`;

/** Whether the file is as it was made, of this document. */
async function isOf(document: string): Promise<boolean> {
  const text = await readFile(target, 'utf8').catch(() => '');
  const types = text.slice(text.indexOf('\n') + 1);
  return text === digestLine(document, types) + types;
}

const { check } = commandLine({
  name: 'npm run page:types --',
  what: 'Writes the types of the API that the page is built with.',
  options: { check: { type: 'flag', help: 'write nothing; fail where they are not those' } },
});
const described = openApiDocument(routes.flatMap((route) => operations(route, true)));
const document = JSON.stringify(brief(described as unknown as Described));
if (check) {
  if (!(await isOf(document))) {
    console.error('page/api/schema.d.ts is not what the routes say: npm run page:types');
    process.exitCode = 1;
  }
} else {
  const types = await typesOf(document);
  await writeFile(target, digestLine(document, types) + types);
}
