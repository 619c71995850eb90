/** Whatever is asked, the answer is one of FlexiBee's, never an accident of ours. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { it } from 'node:test';
import fc from 'fast-check';
import { start } from './fixture.ts';

const piece = fc.oneof(
  fc.constantFrom(
    'c',
    'demo',
    'adresar',
    'changes',
    'hooks',
    'status',
    'get',
    'query',
    'retry',
    'control',
  ),
  fc.constantFrom(
    '1',
    'code:A',
    'ext:a:b',
    '(id=1)',
    "(kod like '%25')",
    '%28',
    ')',
    '%',
    '..',
    '*',
    '\u010d',
  ),
  fc.string({ maxLength: 6 }).map(encodeURIComponent),
);
const target = fc
  .record({
    pieces: fc.array(piece, { maxLength: 6 }),
    suffix: fc.constantFrom('', '.json', '.xml', '.pdf', '.html'),
    query: fc.constantFrom(
      '',
      '?limit=x',
      '?detail=custom:(',
      '?order=@',
      '?start=-1',
      '?url=x&format=JSON',
      '?%',
    ),
    prefix: fc.constantFrom('/', '/c/demo/', '/c/demo/adresar/', '//'),
  })
  .map(({ pieces, suffix, query, prefix }) =>
    encodeURI(`${prefix}${pieces.join('/')}${suffix}${query}`).replaceAll('%25', '%'),
  );
const body = fc.constantFrom(
  '',
  '{',
  '{"winstrom":{"id":{}}}',
  '{"winstrom":{"filter":")("}}',
  '<winstrom><id/></winstrom>',
  '{"winstrom":{"adresar":[1,null,"x",{"id":[]}]}}',
);

it('survives anything that HTTP can carry', async (test) => {
  const { flexibee, write } = await start(test, { hooks: { timeoutMilliseconds: 50 } });
  write('adresar', { kod: 'A', nazev: 'A' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  test.after(() => agent.destroy());
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD');
  const type = fc.constantFrom('application/json', 'application/xml', 'text/plain', '');
  await fc.assert(
    fc.asyncProperty(method, target, body, type, async (verb, path, text, contentType) => {
      const headers = contentType === '' ? {} : { 'content-type': contentType };
      const { port } = flexibee;
      const sent = request({ agent, port, method: verb, path, headers, auth: 'winstrom:winstrom' });
      sent.end(text);
      const [reply] = (await once(sent, 'response')) as [IncomingMessage];
      reply.resume();
      await once(reply, 'end');
      assert.ok((reply.statusCode ?? 0) < 500, `${verb} ${path} ${text}: ${reply.statusCode}`);
    }),
    { numRuns: 500 },
  );
});
