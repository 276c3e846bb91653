/**
 * Does an Accept header take this media type (RFC 9110 section 12.5.1)? No header takes everything.
 * Registry clients send long lists, as one header or several; a type with `q=0` is refused by the client.
 */
export function accepts(header: string | undefined, mediaType: string): boolean {
  if (header === undefined || header.trim() === '') return true;
  const [type] = mediaType.split('/', 1);
  return header.split(',').some((entry) => {
    const [range = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    const refused = parameters.some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter));
    return !refused && (range === '*/*' || range === `${type ?? ''}/*` || range === mediaType.toLowerCase());
  });
}
