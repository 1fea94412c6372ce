import { isProxmoxError, wire } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import { milliseconds } from "../../kernel/call/duration";
import type { Pve } from "../../kernel/session/pve-session";
import type { Problem } from "../../kernel/state/problems";
import { SharedList } from "../../kernel/shared-list";
import { besideOf } from "../program";
import { shutOut, type ShutOut, type Viewpoint } from "./critical-flows";
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
  const first = picture.nodes.find(({ unread }) => unread === undefined) ?? picture.nodes[0];
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

const letThemIn = "Let them in by a rule or by the IP set management, or write lockout: accept";

/** Why nobody may accept a cut of corosync who wants a way back as well. */
const unseen =
  "no look from outside sees that: the packets of a link that is there pass before all rules, so it stays connected " +
  "until a node boots or is silent for two minutes, and breaks when the timers are long gone";

/** What may not be done on these terms. */
const refusedOn = ({ lockout, unguarded }: ChangeTerms, { lines, cut }: ShutOut): readonly string[] =>
  lockout !== "accept" ? lines : unguarded === true ? [] : cut;

/** The words for that. */
function refusalWords({ lockout }: ChangeTerms, { lines, cut }: ShutOut): string {
  if (lockout === "accept")
    return (
      `this would cut corosync: ${cut.join("; ")}. lockout: accept is not enough for it, because ${unseen}. Let its ports ` +
      "(UDP 5405 to 5412) pass between the nodes, or write unguarded: true beside it if it is meant to be so"
    );
  const more = cut.length === 0 ? "" : " and unguarded: true, for corosync is cut and no look from outside sees that,";
  return `this would shut out: ${lines.join("; ")}. ${letThemIn}${more} if it is meant to be so`;
}

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
  /** Requests that it takes at most, each with its look before: the timer waits for them beside its own time. */
  readonly requests?: number | undefined;
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
  if (after && !isOn(after)) {
    if (isNew && isOn(seen.picture)) call.report.result(guardWords(seen, own, terms, []));
    return [];
  }
  if (after === undefined)
    call.report.progress(
      "who would be shut out is worked out when it is applied: not all of the firewall is known yet",
    );
  const lost = after ? shutOut(seen.picture, after, seen.view) : { lines: [], cut: [] };
  if (refusedOn(terms, lost).length > 0)
    return [{ path: accepted ? "unguarded" : "", message: refusalWords(terms, lost) }];
  if (lost.lines.length > 0 && !seen.view.ssh && terms.unguarded !== true)
    return [{ path: "lockout", message: withoutSsh(lost.lines) }];
  if (isNew) call.report.result(guardWords(seen, own, terms, lost.lines));
  return [];
}

/** What nobody may accept who has no way back. */
export const withoutSsh = (lost: readonly string[]): string =>
  `this would shut out: ${lost.join("; ")}; and without SSH nothing puts the old firewall back. Set ` +
  "proxmox:sshPrivateKey and proxmox:sshFingerprints, or unguarded: true";

/** So many requests are over in no time worth counting; each more of them has this. */
const freeRequests = 50;
const requestMs = 200;

/** So long after the arming the nodes put the old file back. */
export const restoreMsOf = ({ restoreAfter, requests = 0 }: ChangeTerms): number =>
  milliseconds(restoreAfter ?? restoreDefault) + Math.max(0, requests - freeRequests) * requestMs;

function guardWords({ picture, view }: Seen, own: FilterChange, terms: ChangeTerms, lost: readonly string[]): string {
  const node = "place" in own ? own.place.node : undefined;
  const words =
    (lost.length === 0 ? "" : `accepted: shuts out ${lost.join("; ")}. `) +
    (switchesOff(picture, own)
      ? `switches the firewall of ${node === undefined ? "all nodes and guests" : node} off. `
      : "");
  if (!view.ssh || terms.unguarded === true) return `${words}unguarded: nothing puts the old firewall back`;
  if (node !== undefined && !picture.nodes.some(({ name }) => name === node))
    return `${words}unguarded: ${node} is not online, so that nothing looks at it and nothing puts its old firewall back`;
  const seconds = Math.ceil(restoreMsOf(terms) / 1000);
  return `${words}guarded: after ${seconds} s the nodes put the old firewall back, unless all that answered before answers again`;
}

/** Does it end a filter that there is? */
function switchesOff(picture: FilterPicture, own: FilterChange): boolean {
  if (own.kind !== "options" || !isOn(picture)) return false;
  const { node } = own.place;
  const ownOptions = withChanges(picture, [own]);
  if (node === undefined) return !isOn(ownOptions);
  const isFiltering = (of: FilterPicture): boolean =>
    of.nodes.some(({ name, options }) => name === node && options["enable"] !== "0");
  return isFiltering(picture) && !isFiltering(ownOptions);
}

/** Whom a change shuts out, with all as it is now. */
export interface Verdict {
  /** The nodes, as they are now: those that filter by it. Undefined: nothing filters, before and after. */
  readonly picture: FilterPicture | undefined;
  /** The same with the change. */
  readonly after: FilterPicture | undefined;
  /** Does the firewall filter with it? */
  readonly filters: boolean;
  readonly lost: ShutOut;
  /** Those that it may not shut out on its terms. */
  readonly refused: readonly string[];
  /** What lets them in is described beside it, and not there yet. */
  readonly isLater: boolean;
}

/** Directly before a change. */
export async function whoIsShutOut(call: Call, pve: Pve, own: FilterChange, terms: ChangeTerms): Promise<Verdict> {
  listsOf(pve).forget();
  const nobody: ShutOut = { lines: [], cut: [] };
  const nothing = {
    ...{ picture: undefined, after: undefined, filters: false, lost: nobody, refused: [], isLater: false },
  };
  if (!(await mayFilter(pve, [own]))) return nothing;
  const { picture, view } = await look(pve);
  const after = withChanges(picture, [own]);
  if (!isOn(after) && !isOn(picture)) return nothing;
  const lost = isOn(after) ? shutOut(picture, after, view) : nobody;
  const refused = refusedOn(terms, lost);
  const beside = refused.length > 0 ? (changesBeside(call) ?? []) : [];
  const isLater =
    beside.length > 0 && refusedOn(terms, shutOut(picture, withChanges(picture, [...beside, own]), view)).length === 0;
  return { picture, after, filters: isOn(after), lost, refused, isLater };
}

export const refusal = (terms: ChangeTerms, { lost, isLater }: Verdict): Error =>
  new Error(
    `nothing was changed, because ${refusalWords(terms, lost)}` +
      (isLater
        ? "; what lets them in is described beside it and not there yet: make this one depend on it (dependsOn)"
        : ""),
  );

/** Whom the files, as they are, shut out while they filter: what nobody would notice on a node that is not filtered now. */
export async function filterProblems(pve: Pve): Promise<string[]> {
  const { picture, view } = await look(pve);
  const off = { ...picture, options: { ...picture.options, enable: "0" } };
  return isOn(picture) ? [...shutOut(off, picture, view).lines] : [];
}
