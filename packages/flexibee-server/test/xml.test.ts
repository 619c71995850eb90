/** XML as clients of FlexiBee write and read it. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { element, writable, writeXml, type XmlElement } from '../src/xml/element.ts';
import { parseXml } from '../src/xml/parse.ts';
import { fromXml, recordToXml, toXml } from '../src/xml/winstrom.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
/** White space at the ends of a text is not kept. */
const text = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => writable(value).trim());
const { tree } = fc.letrec<{ tree: XmlElement }>((tie) => ({
  tree: fc
    .record({
      name,
      attributes: fc.uniqueArray(fc.tuple(name, text), { selector: ([key]) => key, maxLength: 3 }),
      content: fc.oneof({ depthSize: 'small' }, text, fc.array(tie('tree'), { maxLength: 3 })),
    })
    .map((made) => element(made.name, made.content, made.attributes)),
}));

describe('XML', () => {
  it('reads what it wrote', () => {
    fc.assert(fc.property(tree, (root) => assert.deepEqual(parseXml(writeXml(root)), root)));
  });

  it('never hangs and never lets anything but its own error out', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'<>/="\'&;a! -?[]CDATA'), maxLength: 40 }),
        (any) => {
          try {
            parseXml(any);
          } catch (error) {
            assert.equal((error as Error).constructor.name, 'XmlError');
          }
        },
      ),
    );
  });

  const malformed: [string, RegExp][] = [
    ['', /one root/],
    ['text', /one root/],
    ['<a/><b/>', /one root/],
    ['<a>', /<a> is not closed/],
    ['<a></b>', /<\/b> closes nothing/],
    ['<a b=1/>', /not well formed at character 0/],
    ['<a>&nbsp;</a>', /&nbsp; is no entity/],
    ['<a>&amp</a>', /&amp is no entity/],
    ['<a>&#0;</a>', /no entity/],
    [`${'<a>'.repeat(60)}${'</a>'.repeat(60)}`, /more than 50 levels/],
  ];
  for (const [document, message] of malformed) {
    it(`refuses ${document.slice(0, 20)}`, () => {
      assert.throws(() => parseXml(document), message);
    });
  }

  it('understands comments, instructions, CDATA, entities and a byte order mark', () => {
    const document =
      '\ufeff<?xml version="1.0"?>\n<!DOCTYPE winstrom>\n<a b=\'"\'><!-- <x> --><c>1 &lt; 2 <![CDATA[<&]]></c><d>&#x17e;&#382;</d></a>';
    assert.deepEqual(
      parseXml(document),
      element('a', [element('c', '1 < 2 <&'), element('d', 'žž')], [['b', '"']]),
    );
  });
});

describe('winstrom in XML and JSON', () => {
  it('writes a record with identifiers, references and rows', () => {
    const record = {
      id: '1',
      kod: 'A & B',
      firma: 'code:X',
      'firma@ref': '/c/demo/adresar/5.json',
      'external-ids': ['ext:SHOP:1'],
      polozkyFaktury: [{ id: '7', nazev: 'Řádek' }],
      poznam: '',
    };
    assert.equal(
      writeXml(recordToXml('faktura-vydana', record)),
      [
        '<?xml version="1.0" encoding="utf-8"?>',
        '',
        '<faktura-vydana>',
        '  <id>1</id>',
        '  <kod>A &amp; B</kod>',
        '  <firma ref="/c/demo/adresar/5.json">code:X</firma>',
        '  <id>ext:SHOP:1</id>',
        '  <polozkyFaktury>',
        '    <faktura-vydana-polozka>',
        '      <id>7</id>',
        '      <nazev>Řádek</nazev>',
        '    </faktura-vydana-polozka>',
        '  </polozkyFaktury>',
        '  <poznam/>',
        '</faktura-vydana>',
      ].join('\n'),
    );
  });

  it('writes repeated members, attributes and text', () => {
    const document = { '@version': '1.0', value: [{ '@key': 'a.b', $: 'B' }, 'x'] };
    assert.deepEqual(
      toXml('values', document),
      element(
        'values',
        [element('value', 'B', [['key', 'a.b']]), element('value', 'x')],
        [['version', '1.0']],
      ),
    );
  });

  it('reads an import as JSON has it', () => {
    const document = `<winstrom version="1.0" atomic="false">
      <cenik id="123" update="ignore"><id>ext:S:1</id><nazev>A</nazev><ean/></cenik>
      <cenik action="delete"><id>5</id></cenik>
      <faktura-vydana>
        <firma if-not-found="null">code:X</firma>
        <polozkyFaktury removeAll="true">
          <faktura-vydana-polozka><id>14</id></faktura-vydana-polozka>
          <faktura-vydana-polozka action="delete"><id>15</id></faktura-vydana-polozka>
        </polozkyFaktury>
      </faktura-vydana>
    </winstrom>`;
    assert.deepEqual(fromXml(parseXml(document)), {
      '@version': '1.0',
      '@atomic': 'false',
      cenik: [
        { '@update': 'ignore', id: ['123', 'ext:S:1'], nazev: 'A', ean: '' },
        { '@action': 'delete', id: '5' },
      ],
      'faktura-vydana': [
        {
          'firma@if-not-found': 'null',
          firma: 'code:X',
          'polozkyFaktury@removeAll': 'true',
          polozkyFaktury: [{ id: '14' }, { '@action': 'delete', id: '15' }],
        },
      ],
    });
  });

  it('reads a list of identifiers', () => {
    const document = '<winstrom><id>1</id><id>code:2</id><detail>id</detail></winstrom>';
    assert.deepEqual(fromXml(parseXml(document)), { id: ['1', 'code:2'], detail: 'id' });
  });
});
