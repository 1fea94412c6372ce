import { isProxmoxError, wire } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import { milliseconds } from "../../kernel/call/duration";
import type { Pve } from "../../kernel/session/pve-session";
import type { Problem } from "../../kernel/state/problems";
import { SharedList } from "../../kernel/shared-list";
import { besideOf } from "../program";
import { shutOut, type Viewpoint } from "./critical-flows";
import type { FilterPicture } from "./filter-picture";
import { cephNetworks, readPicture } from "./read-filter-picture";
import { changeOf, withChanges, type FilterChange } from "./filter-change";
import { ownAddresses } from "./own-address";

interface Seen {
  readonly picture: FilterPicture;
  readonly view: Viewpoint;
}

const makeLists = () => new SharedList<Seen>();
const listsOf = (pve: Pve) => pve.memory("firewall: what reaches the nodes", makeLists);

async function look(pve: Pve): Promise<Seen> {
  const picture = await readPicture(pve);
  const [first] = picture.nodes;
  const networks = first && (await cephNetworks(pve, first.name));
  const view = {
    addresses: first ? await ownAddresses(pve, first.name) : [],
    ssh: pve.process.ssh !== undefined,
    ceph: networks && { networks },
  };
  return { picture, view };
}

/** As long as it is off, and nothing of this switches it on, nobody is shut out, and nothing more has to be read. */
async function mayFilter(pve: Pve, changes: readonly FilterChange[]): Promise<boolean> {
  if (changes.some((one) => one.kind === "options" && one.wanted.enable === true)) return true;
  return Number(wire.object(await pve.api.cluster.firewall.options.$get())["enable"] ?? 0) > 0;
}

const isOn = ({ options }: FilterPicture): boolean => Number(options["enable"] ?? 0) > 0;

const restoreDefault = "60s";

const remedy = "Let them in by a rule or by the IP set management, or write lockout: accept if it is meant to be so";

/** All that the program describes beside it; undefined where some of it is not known yet. */
function changesBeside(call: Call): FilterChange[] | undefined {
  const found = besideOf(call).map(changeOf);
  return found.includes("unknown") ? undefined : found.filter((one) => one !== undefined && one !== "unknown");
}

/** How a resource wants its changes of the nodes' filter to be made. */
export interface ChangeTerms {
  readonly lockout?: "refuse" | "accept" | undefined;
  readonly unguarded?: boolean | undefined;
  readonly restoreAfter?: string | undefined;
}

/**
 * Whom the firewall shuts out when all that the program describes is there; the firewall of now is what it is measured by.
 * `isNew`: something will be written, and the row tells of the way back.
 */
export async function lockoutProblems(
  call: Call,
  pve: Pve,
  own: FilterChange | undefined,
  terms: ChangeTerms,
  isNew: boolean,
): Promise<Problem[]> {
  const accepted = terms.lockout === "accept";
  if (own === undefined || (accepted && !isNew)) return [];
  let seen: Seen;
  const changes = changesBeside(call);
  try {
    if (!(await mayFilter(pve, [own, ...(changes ?? [])]))) return [];
    seen = await pve.shared(call, listsOf(pve), look);
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    return accepted ? [] : [{ path: "", message: `who would be shut out could not be worked out: ${error.message}` }];
  }
  const after = changes && withChanges(seen.picture, [...changes, own]);
  if (after && !isOn(after)) return [];
  if (after === undefined)
    call.report.progress(
      "who would be shut out is worked out when it is applied: not all of the firewall is known yet",
    );
  const lost = after ? shutOut(seen.picture, after, seen.view) : [];
  if (lost.length > 0 && !accepted)
    return [{ path: "", message: `this would shut out: ${lost.join("; ")}. ${remedy}` }];
  if (lost.length > 0 && !seen.view.ssh && terms.unguarded !== true)
    return [{ path: "lockout", message: withoutSsh(lost) }];
  if (isNew) call.report.result(guardWords(seen.view.ssh, terms, lost));
  return [];
}

/** What nobody may accept who has no way back. */
export const withoutSsh = (lost: readonly string[]): string =>
  `this would shut out: ${lost.join("; ")}; and without SSH nothing puts the old firewall back. Set ` +
  "proxmox:sshPrivateKey and proxmox:sshFingerprints, or unguarded: true";

export const restoreMsOf = ({ restoreAfter }: ChangeTerms): number => milliseconds(restoreAfter ?? restoreDefault);

function guardWords(ssh: boolean, terms: ChangeTerms, lost: readonly string[]): string {
  const accepted = lost.length === 0 ? "" : `accepted: shuts out ${lost.join("; ")}. `;
  if (!ssh || terms.unguarded === true) return `${accepted}unguarded: nothing puts the old firewall back`;
  const seconds = restoreMsOf(terms) / 1000;
  return `${accepted}guarded: after ${seconds} s the nodes put the old firewall back, unless all that answered before answers again`;
}

/** Whom a change shuts out, with all as it is now. */
export interface Verdict {
  /** The nodes, as they are now: those that filter by it. Undefined: nothing filters, before and after. */
  readonly picture: FilterPicture | undefined;
  /** Does the firewall filter with it? */
  readonly filters: boolean;
  readonly lost: readonly string[];
  /** What lets them in is described beside it, and not there yet. */
  readonly isLater: boolean;
}

/** Directly before a change. */
export async function whoIsShutOut(call: Call, pve: Pve, own: FilterChange): Promise<Verdict> {
  listsOf(pve).forget();
  const nothing = { picture: undefined, filters: false, lost: [], isLater: false };
  if (!(await mayFilter(pve, [own]))) return nothing;
  const { picture, view } = await look(pve);
  const after = withChanges(picture, [own]);
  if (!isOn(after) && !isOn(picture)) return nothing;
  const lost = isOn(after) ? shutOut(picture, after, view) : [];
  const beside = lost.length > 0 ? (changesBeside(call) ?? []) : [];
  const isLater = beside.length > 0 && shutOut(picture, withChanges(picture, [...beside, own]), view).length === 0;
  return { picture, filters: isOn(after), lost, isLater };
}

export const refusal = ({ lost, isLater }: Verdict): Error =>
  new Error(
    `nothing was changed, because this would shut out: ${lost.join("; ")}. ${remedy}` +
      (isLater
        ? "; what lets them in is described beside it and not there yet: make this one depend on it (dependsOn)"
        : ""),
  );

/** Whom the files, as they are, shut out while they filter: what nobody would notice on a node that is not filtered now. */
export async function filterProblems(pve: Pve): Promise<string[]> {
  const { picture, view } = await look(pve);
  const off = { ...picture, options: { ...picture.options, enable: "0" } };
  return isOn(picture) ? shutOut(off, picture, view) : [];
}
