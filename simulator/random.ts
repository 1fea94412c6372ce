import { createHash } from "node:crypto";

/** What a generator keeps: one number in the world, so that a saved world goes on with the same sequence. */
export interface RandomState {
  random: number;
}

/** A number in [0, 1) (mulberry32). */
export function random(state: RandomState): number {
  state.random = (state.random + 0x6d2b79f5) | 0;
  let t = Math.imul(state.random ^ (state.random >>> 15), 1 | state.random);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

export function randomHex(state: RandomState, digits: number): string {
  let text = "";
  while (text.length < digits) text += Math.floor(random(state) * 16).toString(16);
  return text;
}

export function randomUuid(state: RandomState): string {
  const hex = randomHex(state, 32);
  const variant = "89ab".charAt(Math.floor(random(state) * 4));
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** The value of a token: no other UUID of any world, which comes from the same sequence, is ever the same. */
export function randomTokenValue(state: RandomState): string {
  const hex = createHash("sha256")
    .update(`token ${randomUuid(state)}`)
    .digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A MAC address with the cluster's prefix (`mac_prefix` in datacenter.cfg). */
export function randomMac(state: RandomState, prefix = "BC:24:11"): string {
  const octets = prefix.split(":");
  while (octets.length < 6) octets.push(randomHex(state, 2).toUpperCase());
  return octets.join(":").toUpperCase();
}

/** The digest of a configuration: as in Proxmox, equal for equal content. */
export function digestOf(content: unknown): string {
  return createHash("sha1")
    .update(typeof content === "string" ? content : JSON.stringify(content))
    .digest("hex");
}
