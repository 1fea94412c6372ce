import { isPackageName } from "./debian-names.model";

/** What apt would do, as `apt-get -s` tells it line by line. */
export interface AptPlan {
  /** To be installed or brought to another version; `from`: the one that is there. */
  readonly install: readonly { readonly name: string; readonly from?: string; readonly to: string }[];
  readonly remove: readonly string[];
}

/** `Inst vim [2:9.0] (2:9.1 Debian:13.2/stable [amd64]) []`, `Remv exim4-base [4.98]`; other lines are for people. */
export function readPlan(text: string): AptPlan {
  const install: { name: string; from?: string; to: string }[] = [];
  const remove: string[] = [];
  for (const line of text.split("\n")) {
    const [, verb, written = "", from, to] =
      /^(Inst|Remv|Purg) (\S+)(?: \[([^\]\s]+)\])?(?: \((\S+)[^)]*\))?/.exec(line) ?? [];
    const name = written.replace(/:[a-z0-9-]+$/, "");
    if (verb === undefined) continue;
    if (!isPackageName(name)) throw new Error("apt-get has answered in a form that is not known; nothing was changed");
    if (verb !== "Inst") remove.push(name);
    else if (to !== undefined) install.push({ name, ...(from === undefined ? {} : { from }), to });
  }
  return { install, remove };
}

/** A few names, for people. */
export function listed(names: readonly string[], most = 8): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(", ")} and ${more} more` : names.join(", ");
}
