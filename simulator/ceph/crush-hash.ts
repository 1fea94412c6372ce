/** Robert Jenkins' 32-bit mix with Ceph's seed (src/crush/hash.c): placement in the simulator is that of a real cluster. */

const seed = 1315423911;

/** The three numbers that are mixed, and the hash as the last of them. Kept outside, for this runs very often. */
let a = 0;
let b = 0;
let c = 0;

function mix(): void {
  a = (a - b - c) ^ (c >>> 13);
  b = (b - c - a) ^ (a << 8);
  c = (c - a - b) ^ (b >>> 13);
  a = (a - b - c) ^ (c >>> 12);
  b = (b - c - a) ^ (a << 16);
  c = (c - a - b) ^ (b >>> 5);
  a = (a - b - c) ^ (c >>> 3);
  b = (b - c - a) ^ (a << 10);
  c = (c - a - b) ^ (b >>> 15);
}

/** Mixes two numbers into the hash; what they became is in `a` and `b`. */
function mixIn(first: number, second: number): void {
  a = first;
  b = second;
  mix();
}

const x = 231232;
const y = 1232;

export function hash2(first: number, second: number): number {
  c = seed ^ first ^ second;
  mixIn(first, second);
  const [p, q] = [a, b];
  mixIn(x, p);
  mixIn(q, y);
  return c >>> 0;
}

export function hash3(first: number, second: number, third: number): number {
  c = seed ^ first ^ second ^ third;
  mixIn(first, second);
  const [p, q] = [a, b];
  mixIn(third, x);
  const [r, u] = [a, b];
  mixIn(y, p);
  const v = a;
  mixIn(q, u);
  mixIn(v, r);
  return c >>> 0;
}

/** `ceph_stable_mod`: a number of a PG does not move when its pool has more of them. */
export function stableMod(value: number, count: number): number {
  let mask = 1;
  while (mask < count) mask *= 2;
  mask -= 1;
  const all = value & mask;
  return all < count ? all : value & (mask >> 1);
}
