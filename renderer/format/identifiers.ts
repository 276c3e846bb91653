/** A key fingerprint in groups of four, as people read it to each other over the phone. */
export function fingerprintGroups(hex: string): string[] {
  return hex.toLowerCase().match(/.{1,4}/g) ?? [];
}

/** `sha256:abc…` as its first twelve digits; other ids stay as they are. */
export function shortId(id: string): string {
  return id.startsWith('sha256:') ? id.slice(7, 19) : id;
}

/** Whether a text is a digest and so is shown short and monospaced. */
export function isDigestText(id: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(id);
}
