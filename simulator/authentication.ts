import { PveError } from "./errors.js";
import { isCsrfToken, ticketUser } from "./tickets.js";
import type { Access } from "./world/access.js";
import type { Cluster } from "./world/world.js";

/** The credentials of a request, as its headers have them. */
export interface Credentials {
  readonly ticket?: string;
  /** What follows `PVEAPIToken` and `=` or a blank. */
  readonly token?: string;
  readonly csrf?: string;
}

/** Who calls. */
export interface Caller {
  /** `user@realm` or `user@realm!token`; undefined on the few paths that need no login. */
  readonly user?: string;
  readonly byToken: boolean;
}

/** A request without valid credentials: 401, an empty body, 3 s later. */
export class Unauthenticated extends Error {}

const open = new Set([
  "GET /access/domains",
  "GET /access/ticket",
  "POST /access/ticket",
  "POST /access/vncticket",
  "POST /access/openid/auth-url",
  "POST /access/openid/login",
]);

/** Facts: auth_handler in PVE/HTTPServer.pm. A ticket goes before a token; uploads need no CSRF token. */
export function authenticate(cluster: Cluster, request: string, credentials: Credentials, now: number): Caller {
  const byToken = credentials.token !== undefined && credentials.ticket === undefined;
  if (open.has(request)) return { byToken };
  if (byToken) return { user: tokenUser(cluster.access, credentials.token ?? "", now), byToken };
  if (credentials.ticket === undefined) throw new Unauthenticated("No ticket");
  const user = ticketUser(cluster, credentials.ticket, now);
  if (user === undefined || !isEnabled(cluster.access, user, now)) throw new Unauthenticated("Authentication failed!");
  const upload = /^POST \/nodes\/[^/]+\/storage\/[^/]+\/upload$/.test(request);
  if (!request.startsWith("GET ") && !upload && !isCsrfToken(cluster, user, credentials.csrf ?? "", now)) {
    throw new Unauthenticated("Permission denied - invalid csrf token");
  }
  return { user, byToken };
}

/** While /etc/pve is away there are no users and no keys: nobody gets in (scenario 47, line 17). */
export function refuseWithoutFiles(request: string, { ticket, token }: Credentials): void {
  if (request === "POST /access/ticket") throw new PveError(401, "authentication failure\n");
  if (open.has(request)) return;
  throw new Unauthenticated(ticket === undefined && token === undefined ? "No ticket" : "Authentication failed!");
}

/** Whether a user exists, is enabled and has not expired. */
export function isEnabled(access: Access, user: string, now: number): boolean {
  const entry = access.users[user];
  return entry !== undefined && entry.enable !== 0 && (!entry.expire || entry.expire > now);
}

function tokenUser(access: Access, text: string, now: number): string {
  const [, user = "", tokenid = "", secret = ""] =
    /^([^\s:/]+@[^\s:/!]+)!([A-Za-z][A-Za-z0-9.\-_]+)=(.+)$/.exec(text) ?? [];
  const token = access.users[user]?.tokens[tokenid];
  const valid = token !== undefined && token.secret === secret && (token.expire === 0 || token.expire > now);
  if (!valid || !isEnabled(access, user, now)) throw new Unauthenticated("Authentication failed!");
  return `${user}!${tokenid}`;
}
