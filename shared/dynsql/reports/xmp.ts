/** Properties of a document in XML, as those read it who do not open it. */

export interface Properties {
  readonly title: string;
  readonly language: string;
  readonly creator: string;
  readonly user?: string | undefined;
  readonly printed: Date;
}

const masked: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const mask = (text: string) => text.replace(/[&<>]/g, (character) => masked[character] ?? '');

/** @param isTagged whether the document has what PDF/UA asks for */
export function xmpOf(
  { title, language, creator, user, printed }: Properties,
  isTagged: boolean,
): string {
  const at = printed.toISOString().replace(/\.\d+Z$/, 'Z');
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${mask(title)}</rdf:li></rdf:Alt></dc:title>
${user === undefined ? '' : `<dc:creator><rdf:Seq><rdf:li>${mask(user)}</rdf:li></rdf:Seq></dc:creator>\n`}<dc:language><rdf:Bag><rdf:li>${language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>${at}</xmp:CreateDate>
<xmp:CreatorTool>${mask(creator)}</xmp:CreatorTool>
<pdf:Producer>PDFKit</pdf:Producer>
${isTagged ? '<pdfuaid:part>1</pdfuaid:part>\n' : ''}</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`;
}
