/** What a query of Power Query (M) asks for, as far as it can be told without Power Query. */

import assert from 'node:assert/strict';

/** How values of these types look in a text of `en-US`. */
const types: Readonly<Record<string, RegExp>> = {
  'Int64.Type': /^-?\d+$/,
  'type number': /^-?\d+(\.\d+)?$/,
  'type date': /^\d{4}-\d{2}-\d{2}$/,
  'type text': /^/,
};

export interface PowerQuery {
  url: URL;
  headers: Record<string, string>;
  /** Those that get a type, in their order. */
  columns: readonly { name: string; isValue: RegExp }[];
}

/**
 * @param text one `let … in …`, whose steps are `Name = Function(…)`, one after the other
 * @param parameters of the report
 * @throws AssertionError for brackets that do not close, a name that is nowhere, a type of none here
 */
export function powerQuery(text: string, parameters: Record<string, string>): PowerQuery {
  const code = text.replace(/^\s*\/\/.*$/gm, '').trim();
  const [, body = '', result = ''] = /^let\s([\s\S]*)\sin\s+(\w+)$/.exec(code) ?? [];
  assertNested(body);
  const bare = body.replace(/"(?:[^"]|"")*"/g, '""');
  const steps = [...bare.matchAll(/^ {4}(\w+) = [A-Z]\w+\.\w+\(/gm)].map(([, name = '']) => name);
  assert.equal(steps.at(-1), result);
  for (const [index, step] of steps.entries()) {
    const own = bare.slice(bare.indexOf(`    ${step} = `));
    const [, first = ''] = /\((\w+),/.exec(own) ?? [];
    const known = [...steps.slice(0, index), ...Object.keys(parameters)];
    assert.ok(known.includes(first), `${step} is made of ${first}, which is nowhere before it`);
  }
  const group = (expression: RegExp) => expression.exec(body)?.[1] ?? assert.fail(`${expression}`);
  const url = new URL(group(/RelativePath = "([^"]+)"/), `${parameters['Address']}/`);
  const named = group(/Query = \[([^\]]*)\]/).matchAll(/(?:#"([^"]+)"|(\w+)) = "([^"]*)"/g);
  for (const [, quoted, plain, value = ''] of named) {
    url.searchParams.set(quoted ?? plain ?? '', value);
  }
  const header = group(/Headers = \[Authorization = "([^"]*)" & Token\]/);
  const columns = [...body.matchAll(/\{"(\w+)", ([\w. ]+)\}/g)].map(([, name = '', type = '']) => ({
    name,
    isValue: types[type] ?? assert.fail(`${name} is of ${type}`),
  }));
  return { url, headers: { authorization: `${header}${parameters['Token']}` }, columns };
}

/** Brackets outside of texts close in the order in which they were opened. */
function assertNested(body: string): void {
  const open: string[] = [];
  const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
  for (const one of body.replace(/"(?:[^"]|"")*"/g, '')) {
    if ('([{'.includes(one)) open.push(one);
    else if (one in pairs) assert.equal(open.pop(), pairs[one]);
  }
  assert.deepEqual(open, []);
}
