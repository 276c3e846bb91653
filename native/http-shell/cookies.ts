/** Cookies know no ports: the port in the name keeps two stations on one machine apart. */
export function sessionCookieName(port: number): string {
  return `gantry-${String(port)}`;
}

/** The value of one cookie; null when it is absent or given more than once. */
export function readCookie(header: string | undefined, name: string): string | null {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined ? value : null;
}

/** A cookie that no script reads and no foreign page sends. */
export function sessionCookie(
  name: string,
  secret: string,
  { maxAgeSeconds, isSecure }: { maxAgeSeconds: number; isSecure: boolean },
): string {
  return `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${String(maxAgeSeconds)}${isSecure ? '; Secure' : ''}`;
}
