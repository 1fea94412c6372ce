/** Privileges that a version of Proxmox VE has given up, and what stands in their place. */
const successors: Readonly<Record<string, readonly string[]>> = {
  // Split up in Proxmox VE 9: what asked the monitor is Sys.Audit, what asks the guest agent has privileges of its own.
  "VM.Monitor": ["Sys.Audit", "VM.GuestAgent.Audit"],
};

/** The same in the words of a version that still has all that was given up. */
const predecessors: Readonly<Record<string, string>> = { "VM.GuestAgent.Audit": "VM.Monitor" };

/** Wanted privileges as one version of Proxmox VE knows them. */
interface Translated {
  readonly privileges: readonly string[];
  /** Those that it knows under no name. */
  readonly unknown: readonly string[];
  /** Those that it calls otherwise, with what they became. */
  readonly replaced: ReadonlyMap<string, readonly string[]>;
}

/** `known`: all privileges that the version has; undefined when they cannot be told. */
export function translated(wanted: readonly string[], known: ReadonlySet<string> | undefined): Translated {
  const privileges = new Set<string>();
  const unknown: string[] = [];
  const replaced = new Map<string, readonly string[]>();
  for (const one of wanted) {
    const instead = successors[one];
    if (!known || known.has(one)) privileges.add(one);
    else if (instead?.every((privilege) => known.has(privilege))) {
      replaced.set(one, instead);
      for (const privilege of instead) privileges.add(privilege);
    } else unknown.push(one);
  }
  return { privileges: [...privileges].sort(), unknown, replaced };
}

/** What this version calls a privilege of a later one, for a hint. */
export const earlierName = (privilege: string, known: ReadonlySet<string>): string | undefined => {
  const name = predecessors[privilege];
  return name !== undefined && known.has(name) ? name : undefined;
};

const inLatestWords = (privileges: readonly string[]): string =>
  [...new Set(privileges.flatMap((one) => successors[one] ?? [one]))].sort().join();

/** Do both lists give the same rights, whichever version the words are of? */
export const samePrivileges = (one: readonly string[], other: readonly string[]): boolean =>
  inLatestWords(one) === inLatestWords(other);
