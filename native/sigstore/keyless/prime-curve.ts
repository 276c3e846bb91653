/** A curve y² = x³ − 3x + b over a prime field, as ECDSA needs it. */
export interface Curve {
  readonly opensslName: string;
  /** Prime of the field; a = −3 on every curve below. */
  readonly p: bigint;
  /** Order of the base point. */
  readonly n: bigint;
}

/** A point in Jacobian coordinates: x/z², y/z³. At infinity z is 0. */
export interface Point {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}
const INFINITY: Point = { x: 1n, y: 1n, z: 0n };

/** Doubling in Jacobian coordinates for a = −3. */
function double({ x, y, z }: Point, { p }: Curve): Point {
  const [delta, gamma] = [modulo(z * z, p), modulo(y * y, p)];
  const beta = modulo(x * gamma, p);
  const alpha = modulo(3n * (x - delta) * (x + delta), p);
  const doubled = modulo(alpha * alpha - 8n * beta, p);
  return {
    x: doubled,
    y: modulo(alpha * (4n * beta - doubled) - 8n * gamma * gamma, p),
    z: modulo(2n * y * z, p),
  };
}

/** Addition in Jacobian coordinates, complete: equal and opposite points and infinity have their own answers. */
export function add(left: Point, right: Point, curve: Curve): Point {
  const { p } = curve;
  if (left.z === 0n) return right;
  if (right.z === 0n) return left;
  const [leftSquare, rightSquare] = [modulo(left.z * left.z, p), modulo(right.z * right.z, p)];
  const u = modulo(left.x * rightSquare, p);
  const s = modulo(left.y * rightSquare * right.z, p);
  const h = modulo(right.x * leftSquare - u, p);
  const r = modulo(right.y * leftSquare * left.z - s, p);
  if (h === 0n) return r === 0n ? double(left, curve) : INFINITY;
  const [hh, hhh] = [modulo(h * h, p), modulo(h * h * h, p)];
  const x = modulo(r * r - hhh - 2n * u * hh, p);
  return { x, y: modulo(r * (u * hh - x) - s * hhh, p), z: modulo(h * left.z * right.z, p) };
}

/** The point added to itself `factor` times. */
export function multiply(point: Point, factor: bigint, curve: Curve): Point {
  let sum = INFINITY;
  let doubled = point;
  for (let rest = factor; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = add(sum, doubled, curve);
    doubled = double(doubled, curve);
  }
  return sum;
}

/** Inverse modulo a prime, by the extended Euclidean algorithm. */
export function inverted(value: bigint, prime: bigint): bigint {
  let [low, high, at, next] = [modulo(value, prime), prime, 1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high % low, low];
    [at, next] = [next - quotient * at, at];
  }
  return modulo(at, prime);
}

/** The remainder that is not negative. */
export function modulo(value: bigint, by: bigint): bigint {
  const rest = value % by;
  return rest < 0n ? rest + by : rest;
}
