/** Listings, records and writes over HTTP, in JSON and XML. */

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { start } from './fixture.ts';

async function withAddresses(test: TestContext) {
  const fixture = await start(test);
  fixture.write(
    'adresar',
    { kod: 'A', nazev: 'Alfa', id: 'ext:SHOP:1' },
    { kod: 'B', nazev: 'Beta/gama' },
    { kod: 'C', nazev: 'Celá "čtvrť" & syn' },
  );
  return fixture;
}

const codes = (winstrom: Record<string, unknown>) =>
  (winstrom['adresar'] as { kod: string }[]).map(({ kod }) => kod);

describe('companies and evidences', () => {
  it('lists companies, one company, evidences, fields and relations', async (test) => {
    const { call } = await start(test, { companies: ['demo', 'other'] });
    const { companies } = (await call('/c.json')).json as {
      companies: { company: { dbNazev: string }[] };
    };
    assert.deepEqual(
      companies.company.map(({ dbNazev }) => dbNazev),
      ['demo', 'other'],
    );
    const one = (await call('/c/other.json')).json as {
      companies: { company: { dbNazev: string } };
    };
    assert.equal(one.companies.company.dbNazev, 'other');
    const { evidences } = (await call('evidence-list.json')).json as {
      evidences: { evidence: { evidencePath: string }[] };
    };
    for (const path of ['adresar', 'faktura-vydana', 'faktura-vydana-polozka', 'stitek']) {
      assert.ok(
        evidences.evidence.some(({ evidencePath }) => evidencePath === path),
        path,
      );
    }
    const { properties } = (await call('adresar/properties.json')).json as {
      properties: { tagName: string; property: { propertyName: string }[] };
    };
    assert.equal(properties.tagName, 'adresar');
    assert.ok(properties.property.some(({ propertyName }) => propertyName === 'kod'));
    assert.match((await call('adresar/properties.xml')).text, /<propertyName>kod<\/propertyName>/);
    assert.match((await call('faktura-vydana/relations.json')).text, /"url":"polozkyDokladu"/);
  });

  it('has a thousand companies in one process', async (test) => {
    const companies = Array.from({ length: 1_000 }, (_, n) => ({
      name: `firma_${n}`,
      data: false as const,
    }));
    const { call } = await start(test, { companies });
    const replies = await Promise.all(
      [0, 499, 999].map((n) =>
        call(`/c/firma_${n}/adresar.json`, {
          method: 'POST',
          body: { winstrom: { adresar: { kod: `K${n}`, nazev: 'X' } } },
        }),
      ),
    );
    assert.deepEqual(
      replies.map(({ status }) => status),
      [201, 201, 201],
    );
    assert.equal(
      (await call('/c/firma_1/adresar.json?add-row-count=true')).winstrom['@rowCount'],
      '0',
    );
  });
});

describe('listing', () => {
  it('gives records with row count and global version, all as strings', async (test) => {
    const { call, flexibee } = await withAddresses(test);
    const { status, winstrom, headers } = await call(
      'adresar.json?add-row-count=true&add-global-version=true&limit=2&start=1&order=id&detail=custom:kod',
    );
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(winstrom['@version'], '1.0');
    assert.equal(winstrom['@rowCount'], '3');
    assert.equal(winstrom['@globalVersion'], String(flexibee.company('demo').globalVersion()));
    assert.deepEqual(codes(winstrom), ['B', 'C']);
  });

  it('leaves the global version out while the changelog is off', async (test) => {
    const { call } = await withAddresses(test);
    await call('changes/disable.json', { method: 'PUT' });
    const { winstrom } = await call('adresar.json?add-global-version=true');
    assert.equal(winstrom['@globalVersion'], undefined);
  });

  it('has twenty records where no limit is given', async (test) => {
    const { call, write } = await start(test);
    write('adresar', ...Array.from({ length: 25 }, (_, n) => ({ kod: `K${n}`, nazev: 'X' })));
    assert.equal(codes((await call('adresar.json')).winstrom).length, 20);
    assert.equal(codes((await call('adresar.json?limit=0')).winstrom).length, 25);
  });

  const filters: [string, string[]][] = [
    ["(kod = 'B')", ['B']],
    ['(id in (1,3))', ['A', 'C']],
    ["(nazev like 'Beta/gama')", ['B']],
    ["(kod='A' or kod='C')", ['A', 'C']],
    ['(id > 1 and id <= 2)', ['B']],
  ];
  for (const [filter, expected] of filters) {
    for (const [how, path] of [
      ['plain', filter],
      ['encoded', encodeURIComponent(filter)],
    ]) {
      it(`filters by ${filter}, ${how}`, async (test) => {
        const { call } = await withAddresses(test);
        assert.deepEqual(codes((await call(`adresar/${path}.json?order=id`)).winstrom), expected);
        const byHeader = await call(`adresar/${path}?order=id`, {
          headers: { accept: 'application/json' },
        });
        assert.deepEqual(codes(byHeader.winstrom), expected);
      });
    }
  }

  it('ignores a filter among the parameters, as FlexiBee does', async (test) => {
    const { call } = await withAddresses(test);
    assert.equal(codes((await call("adresar.json?filter=kod='A'")).winstrom).length, 3);
  });

  it('writes XML with attributes, escapes and external ids', async (test) => {
    const { call } = await withAddresses(test);
    const { text, headers } = await call(
      'adresar.xml?detail=custom:kod,nazev&add-row-count=true&order=id',
    );
    assert.match(headers.get('content-type') ?? '', /^application\/xml/);
    assert.match(
      text,
      /^<\?xml version="1.0" encoding="utf-8"\?>\n\n<winstrom version="1.0" rowCount="3">/,
    );
    assert.match(text, /<id>1<\/id>/);
    assert.match(text, /<id>ext:SHOP:1<\/id>/);
    assert.match(text, /<nazev>Celá &quot;čtvrť&quot; &amp; syn<\/nazev>/);
    assert.doesNotMatch((await call('adresar.xml?no-ext-ids=true')).text, /ext:SHOP/);
  });

  it('shows people a page', async (test) => {
    const { call } = await withAddresses(test);
    const { headers, text } = await call('adresar', { headers: { accept: 'text/html' } });
    assert.match(headers.get('content-type') ?? '', /^text\/html/);
    assert.match(text, /Alfa/);
  });

  it('answers label evidences, which client libraries read beside every other, empty', async (test) => {
    const { call } = await start(test);
    assert.deepEqual((await call('stitek.json?limit=0')).winstrom, {
      '@version': '1.0',
      stitek: [],
    });
    assert.match((await call('stitek/properties.json')).text, /"propertyName":"kod"/);
    assert.equal((await call('skupina-stitku/relations.json')).status, 200);
  });
});

describe('one record', () => {
  it('is found by number, and by code and external id through a 303', async (test) => {
    const { call, flexibee } = await withAddresses(test);
    const { winstrom } = await call('adresar/1.json');
    assert.deepEqual(codes(winstrom), ['A']);
    for (const ident of ['code:A', 'code%3AA', 'ext:SHOP:1', 'ext%3ASHOP%3A1']) {
      const { status, headers } = await call(`adresar/${ident}.json?detail=custom:kod`);
      assert.equal(status, 303, ident);
      assert.equal(
        headers.get('location'),
        `${flexibee.url}/c/demo/adresar/1.json?detail=custom%3Akod`,
      );
    }
    const plain = await call('adresar/code:A', { headers: { accept: 'application/xml' } });
    assert.equal(plain.headers.get('location'), `${flexibee.url}/c/demo/adresar/1`);
  });

  it('is 404 in the form of every refusal when it is not there', async (test) => {
    const { call } = await withAddresses(test);
    for (const ident of ['99', 'code:NENI', 'ext:X:1']) {
      const { status, winstrom } = await call(`adresar/${ident}.json`);
      assert.equal(status, 404, ident);
      assert.deepEqual([winstrom['@version'], winstrom['success']], ['1.0', 'false']);
      assert.match(String(winstrom['message']), /neexistuje/);
    }
    assert.match((await call('adresar/99.xml')).text, /<success>false<\/success>\n {2}<message>/);
  });
});

describe('get and query', () => {
  it('gives many records by ident and leaves out what is not there', async (test) => {
    const { call } = await withAddresses(test);
    for (const method of ['POST', 'PUT']) {
      const { winstrom } = await call('adresar/get.json?add-global-version=true', {
        method,
        body: { winstrom: { id: [3, 'code:A', 'ext:NENI:1', 99] } },
      });
      assert.deepEqual(codes(winstrom).sort(), ['A', 'C']);
      assert.ok(Number(winstrom['@globalVersion']) > 0);
    }
    const xml = await call('adresar/get.xml', {
      method: 'POST',
      text: '<winstrom><id>2</id><id>code:C</id></winstrom>',
      headers: { 'content-type': 'application/xml' },
    });
    assert.deepEqual(xml.text.match(/<kod>.<\/kod>/g), ['<kod>B</kod>', '<kod>C</kod>']);
    const one = await call('adresar/get.json', { method: 'POST', body: { winstrom: { id: 2 } } });
    assert.deepEqual(codes(one.winstrom), ['B']);
    assert.equal(
      (await call('adresar/get.json', { method: 'POST', body: { winstrom: {} } })).status,
      400,
    );
  });

  it('takes filter, order, limit, start and detail from the body', async (test) => {
    const { call } = await withAddresses(test);
    const body = {
      winstrom: {
        '@version': '1.0',
        filter: "(kod = 'A' or kod = 'B' or kod = 'C')",
        order: 'id',
        limit: '1',
        start: 1,
        detail: 'custom:kod',
        'add-row-count': 'true',
      },
    };
    const { winstrom } = await call('adresar/query.json?limit=3', { method: 'POST', body });
    assert.deepEqual([codes(winstrom), winstrom['@rowCount']], [['B'], '3']);
  });
});

describe('writes', () => {
  it('creates, changes and deletes in JSON', async (test) => {
    const { call, flexibee } = await start(test);
    const created = await call('adresar.json', {
      method: 'PUT',
      body: { winstrom: { adresar: [{ id: 'ext:T:1', kod: 'N', nazev: 'Nová' }] } },
    });
    assert.equal(created.status, 201);
    assert.equal(created.winstrom['success'], 'true');
    const [result] = created.winstrom['results'] as { id: string }[];
    assert.equal(
      created.headers.get('location'),
      `${flexibee.url}/c/demo/adresar/${result?.id}.json`,
    );
    // The form that one client library sends: `winstrom` as an array.
    const changed = await call(`adresar/${result?.id}.json`, {
      method: 'POST',
      body: { winstrom: [{ adresar: { nazev: 'Změněná' } }] },
    });
    assert.equal(changed.status, 200);
    assert.match((await call('adresar/1.json')).text, /Změněná/);
    assert.equal((await call('adresar/1.json', { method: 'DELETE' })).status, 200);
    assert.equal((await call('adresar/1.json')).status, 404);
    assert.equal((await call('adresar/1.json', { method: 'DELETE' })).status, 404);
    assert.deepEqual(
      flexibee
        .company('demo')
        .changes()
        .changes.map(({ operation }) => operation),
      ['create', 'update', 'delete'],
    );
  });

  it('creates in XML, and answers in XML', async (test) => {
    const { call } = await start(test);
    const { status, text } = await call('adresar.xml', {
      method: 'PUT',
      headers: { 'content-type': 'application/xml' },
      text: '<winstrom version="1.0"><adresar><kod>X</kod><nazev>A &amp; B</nazev></adresar></winstrom>',
    });
    assert.equal(status, 201);
    assert.match(text, /<success>true<\/success>/);
    assert.match(text, /<result>\s*<id>1<\/id>/);
    assert.ok(Array.isArray((await call('adresar/1.json')).winstrom['adresar']));
    assert.match((await call('adresar/1.json')).text, /"nazev":"A & B"/);
  });

  it('knows the rows of an invoice by both of their names', async (test) => {
    const { call, write } = await start(test);
    write('adresar', { kod: 'A', nazev: 'A' });
    for (const [index, rows] of ['polozkyFaktury', 'polozkyDokladu'].entries()) {
      const invoice = {
        typDokl: 'code:FAKTURA',
        firma: 'code:A',
        [rows]: [{ nazev: 'Práce', cenaMj: 5 }],
      };
      const body = { winstrom: { 'faktura-vydana': invoice } };
      assert.equal((await call('faktura-vydana.json', { method: 'POST', body })).status, 201);
      for (const parameters of [`detail=custom:${rows}(nazev)`, `detail=id&relations=${rows}`]) {
        const { winstrom } = await call(`faktura-vydana/${index + 1}.json?${parameters}`);
        const [read] = winstrom['faktura-vydana'] as Record<string, { nazev: string }[]>[];
        assert.deepEqual(
          read?.[rows]?.map(({ nazev }) => nazev),
          ['Práce'],
        );
      }
    }
    const { text } = await call('faktura-vydana/1.xml?detail=id&relations=polozky');
    assert.match(text, /<polozkyFaktury>\s*<faktura-vydana-polozka>\s*<id>1<\/id>/);
  });

  it('takes JSON and XML without a content type by the suffix', async (test) => {
    const { call } = await start(test);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const json = '{"winstrom":{"adresar":{"kod":"J","nazev":"J"}}}';
    const xml = '<winstrom><adresar><kod>X</kod><nazev>X</nazev></adresar></winstrom>';
    assert.equal(
      (await call('adresar.json', { method: 'POST', text: json, headers: form })).status,
      201,
    );
    assert.equal(
      (await call('adresar.xml', { method: 'POST', text: xml, headers: form })).status,
      201,
    );
  });

  it('answers in the format that was sent, where nothing asks for another', async (test) => {
    const { call } = await start(test);
    const json = await call('adresar', {
      method: 'POST',
      body: { winstrom: { adresar: { kod: 'J', nazev: 'J' } } },
    });
    assert.equal(json.winstrom['success'], 'true');
    const text = '<winstrom><adresar><kod>X</kod><nazev>X</nazev></adresar></winstrom>';
    const headers = { 'content-type': 'application/xml' };
    assert.match((await call('adresar', { method: 'POST', text, headers })).text, /<success>true/);
  });

  it('tries without writing', async (test) => {
    const { call, flexibee } = await start(test);
    const body = { winstrom: { adresar: { kod: 'D', nazev: 'Zkouška' } } };
    assert.ok((await call('adresar.json?dry-run=true', { method: 'POST', body })).status < 300);
    assert.equal(flexibee.company('demo').counts()['adresar'], 0);
  });

  it('says what is wrong with each record, in JSON and XML', async (test) => {
    const { call } = await start(test);
    const body = { winstrom: { adresar: { id: '99', nazev: 'Není' } } };
    const { status, winstrom } = await call('adresar.json', { method: 'POST', body });
    assert.equal(status, 400);
    assert.equal(winstrom['success'], 'false');
    const [result] = winstrom['results'] as { errors: { message: string }[] }[];
    assert.ok((result?.errors[0]?.message.length ?? 0) > 0);
    const xml = await call('adresar.xml', { method: 'POST', body });
    assert.match(xml.text, /<result>[\s\S]*<errors>\s*<error[^>]*>[^<]+<\/error>/);
  });

  const refusals: [string, Parameters<Awaited<ReturnType<typeof start>>['call']>[1], number][] = [
    [
      'adresar.json',
      { method: 'POST', text: '{', headers: { 'content-type': 'application/json' } },
      400,
    ],
    ['adresar.json', { method: 'POST', body: { adresar: [] } }, 400],
    [
      'adresar.xml',
      { method: 'POST', text: '<winstrom>', headers: { 'content-type': 'text/xml' } },
      400,
    ],
    [
      'adresar.xml',
      { method: 'POST', text: '<other/>', headers: { 'content-type': 'text/xml' } },
      400,
    ],
    [
      'adresar.json',
      { method: 'POST', text: 'x', headers: { 'content-type': 'multipart/form-data' } },
      415,
    ],
    ['adresar.json', { method: 'DELETE' }, 405],
    ['adresar/1.json', { method: 'PATCH' }, 405],
    ['adresar.pdf', {}, 406],
    ['adresar', { headers: { accept: 'image/png' } }, 406],
    ['neznama.json', {}, 404],
    ['neznama/1.json', {}, 404],
    ['/c/neznama/adresar.json', {}, 404],
    ['/c/demo/adresar/1/2/3.json', {}, 404],
    ['/d.json', {}, 404],
    ['adresar/(kod%20=).json', {}, 400],
    ['adresar/(neznamy%20=%201).json', {}, 400],
    ['adresar.json?limit=-1', {}, 400],
    ['adresar/%E0%A4%A.json', { headers: { accept: 'application/json' } }, 400],
  ];
  for (const [path, request, status] of refusals) {
    it(`${request?.method ?? 'GET'} ${path}: ${status}`, async (test) => {
      const { call } = await start(test);
      const reply = await call(path, request);
      assert.equal(reply.status, status, reply.text);
      if (path.endsWith('.xml')) assert.match(reply.text, /<success>false<\/success>/);
      else assert.equal(reply.winstrom['success'], 'false', reply.text);
    });
  }
});
