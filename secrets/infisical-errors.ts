import { SourceRefused, SourceUnavailable } from "./source";

/** The SDK does not export its errors; the status stands in their texts, in one of two forms. */
function statusOf(error: unknown): number | undefined {
  const text = error instanceof Error ? error.message : "";
  const [, status] = /\[StatusCode=(\d+)\]/.exec(text) ?? /^Request failed with status (\d+)$/.exec(text) ?? [];
  return status === undefined ? undefined : Number(status);
}

/** The server's own words, without the address that the SDK puts before them. */
function saidBy(error: unknown, longest = 200): string {
  const text = error instanceof Error ? error.message : "";
  return text.replace(/^\[URL=[^\]]*\] \[Method=\w+\] \[StatusCode=\d+\] ?/, "").slice(0, longest);
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
  readonly step: "log in" | "list" | "read" | "write" | "make a folder";
}

/** It is not known whether a change has been made: what is there is looked at, and the change sent again. */
export class UnsureWrite extends SourceUnavailable {
  constructor(readonly explained: Error) {
    super(explained.message);
  }
}

/**
 * What is certainly not there, in Infisical's own words; undefined for every other failure. An unknown environment
 * counts as a folder there (findBySecretPath, secret-v2-bridge-service.ts).
 */
export function whatIsMissing(error: unknown): "no secret" | "no folder" | undefined {
  if (statusOf(error) !== 404) return undefined;
  const said = saidBy(error, 10_000);
  if (/^Secret with name '.*' not found$/s.test(said)) return "no secret";
  return /^Folder with path '.*' in environment with slug '.*' not found$/s.test(said) ? "no folder" : undefined;
}

/** Under an approval policy a change is answered with 200 and the request for its approval, and not made. */
export const isNoChange = (answer: object): boolean => !("secret" in answer);

/** One message for people, with what to do; `hide` takes secrets out. */
export function explain(error: unknown, { place, step }: Attempt, hide: (text: string) => string): Error {
  const status = statusOf(error);
  const said = saidBy(error);
  const words = said === "" || said.startsWith("Request failed with status") ? "" : ` (${said})`;
  const refused = (text: string) => new SourceRefused(hide(text));
  const passing = status === undefined ? `${place} does not answer${words}` : `${place} answered ${status}${words}`;
  // The SDK repeats what was not answered: a first attempt may have come through.
  const unsure = step === "write" && (isPassing(error) || /^Secret already exist/.test(said) || status === 404);
  if (unsure) return new UnsureWrite(new SourceUnavailable(hide(passing)));
  if (status === undefined || isPassing(error)) return new SourceUnavailable(hide(passing));
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
        `${place}: the machine identity may not ${doing[step]} there${words}; give it a role in the project that ${needed[step]}`,
      );
    case 404:
      return refused(
        `${place}: there is no such project or environment${words}; check proxmox:infisicalProjectId and ` +
          `proxmox:infisicalEnvironment (the slug, such as dev)`,
      );
    default:
      return refused(`${place}: ${asked[step]} was refused with ${status}${words}`);
  }
}

type Step = Exclude<Attempt["step"], "log in">;
const doing: Record<Step, string> = { list: "read", read: "read", write: "write", "make a folder": "make folders" };
const needed: Record<Step, string> = {
  list: "reads secrets",
  read: "reads secrets and their values",
  write: "creates, edits and deletes secrets",
  "make a folder": "creates folders, or make it by hand",
};
const asked: Record<Step, string> = {
  list: "the list of secrets",
  read: "the question for the secret",
  write: "the change",
  "make a folder": "the folder",
};
