import { createHmac } from "node:crypto";
import type { Cluster } from "./world/world.js";

/** Seconds for which a ticket is good (PVE/AccessControl.pm). */
const lifetime = 2 * 3600;

const hexTime = (seconds: number): string => seconds.toString(16).toUpperCase().padStart(8, "0");
const sign = (cluster: Cluster, text: string): string =>
  createHmac("sha256", cluster.secret).update(text).digest("base64");

export function newTicket(cluster: Cluster, user: string, now: number): string {
  const plain = `PVE:${user}:${hexTime(now)}`;
  return `${plain}::${sign(cluster, plain)}`;
}

/** Proves that the password was right; the second factor is still to come. It is good for its user only. */
export function newChallenge(cluster: Cluster, user: string, types: readonly string[], now: number): string {
  const asked = JSON.stringify(Object.fromEntries(types.map((type) => [type, true]))).replaceAll(":", "%3A");
  const plain = `PVE:!tfa!${asked}:${hexTime(now)}`;
  return `${plain}::${sign(cluster, `${plain}:${user}`)}`;
}

export function isChallenge(cluster: Cluster, user: string, ticket: string, now: number): boolean {
  const [, plain = "", time = "", signature = ""] = /^(PVE:!tfa![^:]+:([0-9A-F]{8}))::(.+)$/.exec(ticket) ?? [];
  return signature === sign(cluster, `${plain}:${user}`) && fresh(time, now);
}

export function newCsrfToken(cluster: Cluster, user: string, now: number): string {
  return `${hexTime(now)}:${sign(cluster, `csrf:${hexTime(now)}:${user}`).replace(/=+$/, "")}`;
}

/** The user of a valid ticket, or undefined. */
export function ticketUser(cluster: Cluster, ticket: string, now: number): string | undefined {
  const [, plain = "", user, time = "", signature = ""] =
    /^(PVE:([^\s:/]+@[^\s:/]+):([0-9A-F]{8}))::(.+)$/.exec(ticket) ?? [];
  if (user === undefined || signature !== sign(cluster, plain)) return undefined;
  return fresh(time, now) ? user : undefined;
}

export function isCsrfToken(cluster: Cluster, user: string, token: string, now: number): boolean {
  const [time = ""] = token.split(":");
  return token === newCsrfToken(cluster, user, parseInt(time, 16)) && fresh(time, now);
}

/** Not older than two hours and not more than five minutes ahead. */
function fresh(time: string, now: number): boolean {
  const age = now - parseInt(time, 16);
  return age > -300 && age < lifetime;
}
