/**
 * Writes `page/api/schema.d.ts`: types of every request and answer, from the routes' own schemas,
 * so that the page types nothing twice. With `--check` it writes nothing, and fails where the file
 * is another one.
 */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { operations } from '../functions/route.ts';
import { routes } from '../functions/routes/index.ts';
import { commandLine } from '../shared/command-line/command-line.ts';
import { openApiDocument } from '../shared/http/openapi.ts';

const target = new URL('../page/api/schema.d.ts', import.meta.url);
/** It asks for TypeScript 5's API, so that it has modules of its own. */
const generator = fileURLToPath(
  new URL('../test/openapi/generator/node_modules/openapi-typescript/bin/cli.js', import.meta.url),
);

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

/** The text of the file as it has to be. */
async function typesOfRoutes(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'page-types-'));
  try {
    const document = openApiDocument(routes.flatMap((route) => operations(route, true)));
    const text = JSON.stringify(brief(document as unknown as Described));
    await writeFile(join(folder, 'openapi.json'), text);
    const files = [join(folder, 'openapi.json'), '--output', join(folder, 'types.ts')];
    const args = [generator, ...files, '--root-types', '--root-types-no-schema-prefix'];
    await promisify(execFile)(process.execPath, args);
    return await readFile(join(folder, 'types.ts'), 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const { check } = commandLine({
  name: 'npm run page:types --',
  what: 'Writes the types of the API that the page is built with.',
  options: { check: { type: 'flag', help: 'write nothing; fail where they are not those' } },
});
const types = await typesOfRoutes();
if (!check) await writeFile(target, types);
else if ((await readFile(target, 'utf8').catch(() => '')) !== types) {
  console.error('page/api/schema.d.ts is not what the routes say: npm run page:types');
  process.exitCode = 1;
}
