import { ProxmoxError } from "./errors";

export interface Version {
  /** Such as 9.2.11. */
  readonly version: string;
  readonly release: string;
  readonly major: number;
  readonly minor: number;
}

const OLDEST = { major: 8, minor: 2 };

function parseVersion(data: unknown): Version {
  const { version, release } = (data ?? {}) as { version?: unknown; release?: unknown };
  const match = typeof version === "string" ? /^(\d+)\.(\d+)/.exec(version) : null;
  if (!match)
    throw new ProxmoxError({ kind: "protocol", message: "GET /version told no version. Is this a Proxmox VE API?" });
  return {
    version: version as string,
    release: typeof release === "string" ? release : `${match[1]}.${match[2]}`,
    major: Number(match[1]),
    minor: Number(match[2]),
  };
}

/** Asks for the version once, before anything else, and refuses a Proxmox VE that is too old. */
export class VersionGate {
  private known: Promise<Version> | undefined;

  /** `read` does GET /version without asking this gate. */
  check(read: () => Promise<unknown>): Promise<Version> {
    this.known ??= this.ask(read).catch((error: unknown) => {
      // An outage is no answer: ask again next time. "Too old" stays.
      if (!(error instanceof ProxmoxError && error.kind === "unsupported")) this.known = undefined;
      throw error;
    });
    return this.known;
  }

  private async ask(read: () => Promise<unknown>): Promise<Version> {
    const version = parseVersion(await read());
    const { major, minor } = version;
    if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor))
      throw new ProxmoxError({
        kind: "unsupported",
        message: `This is Proxmox VE ${version.version}; ${OLDEST.major}.${OLDEST.minor} is the oldest supported version. Upgrade it first.`,
      });
    return version;
  }
}
