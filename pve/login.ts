import type { OutgoingHttpHeaders } from "node:http";
import { errorFromReply, ProxmoxError } from "./errors";
import { isProxmoxBody, parseReply } from "./reply";
import type { Redactor } from "./redact";
import type { CallContext, Method, Sender } from "./sender";

/** With a password (a ticket that is renewed), or with an API token. */
export type Credentials =
  { readonly username: string; readonly password: string } | { readonly tokenId: string; readonly secret: string };

interface Ticket {
  readonly ticket: string;
  readonly csrf: string;
  readonly issuedAt: number;
}

/** A ticket is good for 2 h (PVE/AccessControl.pm); renewed well before. */
const RENEW_AFTER_MS = 90 * 60_000;
const TICKET_LIFE_MS = 119 * 60_000;
/** Every wrong password costs 3 s and may lock the account out: the answer is remembered for a while. */
const REMEMBER_REFUSAL_MS = 10_000;

/** Keeps one log-in for all calls of a connection. */
export class Login {
  private ticket: Ticket | undefined;
  private pending: Promise<Ticket> | undefined;
  private refusal: { error: ProxmoxError; at: number } | undefined;

  constructor(
    private readonly credentials: Credentials,
    private readonly sender: Sender,
    private readonly redactor: Redactor,
  ) {
    redactor.add("password" in credentials ? credentials.password : credentials.secret);
    if ("tokenId" in credentials && !/^[^\s!]+@[^\s!]+![^\s!=]+$/.test(credentials.tokenId))
      throw new ProxmoxError({
        kind: "invalid",
        // Not the text itself: a token may have been given whole.
        message: "The API token's id has the form user@realm!name, without the secret.",
      });
    if ("username" in credentials && !/^\S+@\S+$/.test(credentials.username))
      throw new ProxmoxError({
        kind: "invalid",
        message: "The user has the form user@realm, such as root@pam.",
      });
  }

  /** As whom: `root@pam` or `root@pam!token`. */
  get identity(): string {
    return "tokenId" in this.credentials ? this.credentials.tokenId : this.credentials.username;
  }

  /** Authentication headers, logging in first when needed. */
  async headers(method: Method): Promise<OutgoingHttpHeaders> {
    const { credentials } = this;
    // No cookie beside a token: the cookie would win (PVE/APIServer/AnyEvent.pm).
    if ("tokenId" in credentials) return { authorization: `PVEAPIToken=${credentials.tokenId}=${credentials.secret}` };
    const { ticket, csrf } = await this.current();
    const cookie = `PVEAuthCookie=${encodeURIComponent(ticket)}`;
    return method === "GET" ? { cookie } : { cookie, CSRFPreventionToken: csrf };
  }

  /** After a 401: true when another attempt with new headers is worth it. */
  async renewAfter401(used: OutgoingHttpHeaders): Promise<boolean> {
    if ("tokenId" in this.credentials) return false;
    const stale = this.ticket && used["cookie"] === `PVEAuthCookie=${encodeURIComponent(this.ticket.ticket)}`;
    if (stale) this.ticket = undefined;
    await this.current();
    return true;
  }

  private async current(): Promise<Ticket> {
    const now = this.sender.clock.now();
    if (this.ticket && now - this.ticket.issuedAt < RENEW_AFTER_MS) return this.ticket;
    if (this.refusal && now - this.refusal.at < REMEMBER_REFUSAL_MS) throw this.refusal.error;
    // All callers share one log-in; it has no caller's signal, so that none can cancel it for the others.
    this.pending ??= this.acquire().finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  private async acquire(): Promise<Ticket> {
    const old = this.ticket;
    if (old && this.sender.clock.now() - old.issuedAt < TICKET_LIFE_MS) {
      try {
        // A valid ticket is as good as the password (PVE/API2/AccessControl.pm), and works with a second factor too.
        return (this.ticket = await this.login(old.ticket));
      } catch (error) {
        if (!(error instanceof ProxmoxError && error.is("unauthenticated"))) throw error;
      }
    }
    this.ticket = undefined;
    if (!("password" in this.credentials)) throw new Error("only passwords get tickets");
    try {
      this.ticket = await this.login(this.credentials.password);
    } catch (error) {
      if (error instanceof ProxmoxError && error.is("unauthenticated"))
        this.refusal = { error, at: this.sender.clock.now() };
      throw error;
    }
    this.refusal = undefined;
    return this.ticket;
  }

  private async login(password: string): Promise<Ticket> {
    const username = this.identity;
    const path = "/access/ticket";
    const context: CallContext = { attempt: `log in as ${username}` };
    const answer = await this.sender.send(
      { method: "POST", path, params: { username, password }, headers: {} },
      context,
    );
    const { body, said, errors } = parseReply(answer, this.redactor);
    if (answer.status !== 200)
      throw errorFromReply({
        method: "POST",
        path,
        status: answer.status,
        said,
        errors,
        endpoint: answer.endpoint.origin,
        attempt: context.attempt,
        foreign: !isProxmoxBody(body),
      });
    const data = (body?.["data"] ?? {}) as Readonly<Record<string, unknown>>;
    const { ticket, CSRFPreventionToken: csrf, NeedTFA } = data;
    if (NeedTFA || (typeof ticket === "string" && ticket.includes("!tfa!")))
      throw new ProxmoxError({
        kind: "unauthenticated",
        method: "POST",
        path,
        message: `${username} has a second factor (TFA), which an unattended log-in cannot give. Use an API token, or a user without a second factor.`,
      });
    if (typeof ticket !== "string" || typeof csrf !== "string")
      throw new ProxmoxError({
        kind: "protocol",
        method: "POST",
        path,
        status: answer.status,
        message: `${answer.endpoint.origin} answered the log-in without a ticket. Is this a Proxmox VE API?`,
      });
    this.redactor.add(ticket);
    this.redactor.add(csrf);
    return { ticket, csrf, issuedAt: this.sender.clock.now() };
  }
}
