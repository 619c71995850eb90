import { blob, type Evidence, keys, logic, select, text, whole } from './property.ts';
import { attachmentKind } from './selects.ts';

/**
 * Files beside records of any other evidence. Which record it is, is in columns of its own: the real
 * one has a relation for each kind of record.
 */
export const attachments: Evidence = {
  path: 'priloha',
  name: 'Příloha',
  type: 'PRILOHA',
  importStatus: 'NOT_DOCUMENTED',
  properties: [
    ...keys,
    text('nazSoub', 'Název souboru', { maxLength: 255, summary: true, mandatory: true }),
    text('poznam', 'Poznámka'),
    text('contentType', 'Typ dat', { maxLength: 127, summary: true, mandatory: true }),
    select('typK', 'Typ přílohy', attachmentKind),
    logic('prilozit', 'Přiložit'),
    whole('dataSize', 'Velikost', { readOnly: true }),
    logic('exportNaEshop', 'Export na E-shop'),
    text('link', 'Odkaz'),
    logic('linkPicture', 'Odkaz na obrázek'),
    logic('mainAttachment', 'Hlavní příloha'),
    text('dataHash', 'Otisk dat přílohy (MD5 součet)', { maxLength: 50, readOnly: true }),
    blob('content', 'Obsah', { unsortable: true, readOnly: true }),
  ],
  own: [text('owner', 'Evidence'), whole('ownerId', 'Záznam')],
};
