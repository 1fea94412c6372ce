import { SourceRefused, SourceUnavailable } from "./source";

/** The SDK does not export its errors; the status stands in their texts, in one of two forms. */
function statusOf(error: unknown): number | undefined {
  const text = error instanceof Error ? error.message : "";
  const [, status] = /\[StatusCode=(\d+)\]/.exec(text) ?? /^Request failed with status (\d+)$/.exec(text) ?? [];
  return status === undefined ? undefined : Number(status);
}

/** The server's own words, without the address that the SDK puts before them. */
function saidBy(error: unknown): string {
  const text = error instanceof Error ? error.message : "";
  return text.replace(/^\[URL=[^\]]*\] \[Method=\w+\] \[StatusCode=\d+\] ?/, "").slice(0, 200);
}

/** A token that is no longer good: 401, or 403 for one that has run out (Infisical's error handler, JsonWebTokenError). */
export function isStaleToken(error: unknown): boolean {
  const status = statusOf(error);
  return status === 401 || (status === 403 && /token has expired|access token is malformed/i.test(saidBy(error)));
}

/** Worth another try: the server is in trouble, or the network was. */
export const isPassing = (error: unknown): boolean => {
  const status = statusOf(error);
  return status === undefined || status >= 500 || status === 429;
};

export interface Attempt {
  /** What was asked for: "Infisical at https://…, project p, environment dev, path /". */
  readonly place: string;
  readonly step: "log in" | "list";
}

/** One message for people, with what to do; `hide` takes secrets out. */
export function explain(error: unknown, { place, step }: Attempt, hide: (text: string) => string): Error {
  const status = statusOf(error);
  const said = saidBy(error);
  const words = said === "" || said.startsWith("Request failed with status") ? "" : ` (${said})`;
  const refused = (text: string) => new SourceRefused(hide(text));
  if (status === undefined) return new SourceUnavailable(hide(`${place} does not answer${words}`));
  if (isPassing(error)) return new SourceUnavailable(hide(`${place} answered ${status}${words}`));
  if (status >= 300 && status < 400)
    return refused(
      `${place} answered with a redirect (${status}), which is not followed: whoever it leads to would get the ` +
        `credentials. Set proxmox:infisicalUrl to the address that Infisical itself answers at`,
    );
  if (step === "log in")
    return refused(
      `${place}: the log-in was refused with ${status}${words}; check INFISICAL_UNIVERSAL_AUTH_CLIENT_ID and ` +
        `INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET`,
    );
  switch (status) {
    case 401:
      return refused(`${place}: the access token was refused${words}, also after a new log-in`);
    case 403:
      return refused(
        `${place}: the machine identity may not read there${words}; give it a role in the project that reads secrets`,
      );
    case 404:
      return refused(
        `${place}: there is no such project or environment${words}; check proxmox:infisicalProjectId and ` +
          `proxmox:infisicalEnvironment (the slug, such as dev)`,
      );
    default:
      return refused(`${place}: the list of secrets was refused with ${status}${words}`);
  }
}
