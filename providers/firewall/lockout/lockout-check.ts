import { isProxmoxError, wire } from "../../../pve";
import type { Call } from "../../kernel/call/call";
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

const remedy = "Let them in by a rule or by the IP set management, or write lockout: accept if it is meant to be so";

/** All that the program describes beside it; undefined where some of it is not known yet. */
function changesBeside(call: Call): FilterChange[] | undefined {
  const found = besideOf(call).map(changeOf);
  return found.includes("unknown") ? undefined : found.filter((one) => one !== undefined && one !== "unknown");
}

/** Whom the firewall shuts out when all that the program describes is there; the firewall of now is what it is measured by. */
export async function lockoutProblems(
  call: Call,
  pve: Pve,
  own: FilterChange | undefined,
  lockout: "refuse" | "accept" | undefined,
): Promise<Problem[]> {
  if (own === undefined || lockout === "accept") return [];
  let seen: Seen;
  const changes = changesBeside(call);
  try {
    if (!(await mayFilter(pve, [own, ...(changes ?? [])]))) return [];
    seen = await pve.shared(call, listsOf(pve), look);
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    return [{ path: "", message: `who would be shut out could not be worked out: ${error.message}` }];
  }
  if (changes === undefined) {
    call.report.progress(
      "who would be shut out is worked out when it is applied: not all of the firewall is known yet",
    );
    return [];
  }
  const after = withChanges(seen.picture, [...changes, own]);
  if (!isOn(after)) return [];
  const lost = shutOut(seen.picture, after, seen.view);
  return lost.length === 0 ? [] : [{ path: "", message: `this would shut out: ${lost.join("; ")}. ${remedy}` }];
}

/** Others of the program may be about to let in whom this change alone would shut out. */
const patienceMs = 30_000;

/** Directly before a change, with all as it is now. */
export async function assertNobodyShutOut(
  call: Call,
  pve: Pve,
  own: FilterChange | undefined,
  lockout: "refuse" | "accept" | undefined,
): Promise<void> {
  listsOf(pve).forget();
  if (own === undefined || lockout === "accept" || !(await mayFilter(pve, [own]))) return;
  const { clock } = pve.process.connection;
  for (const start = clock.now(); ; await pve.pause(2_000)) {
    const { picture, view } = await look(pve);
    const after = withChanges(picture, [own]);
    if (!isOn(after)) return;
    const lost = shutOut(picture, after, view);
    if (lost.length === 0) return;
    const beside = changesBeside(call) ?? [];
    const isLater = beside.length > 0 && shutOut(picture, withChanges(picture, [...beside, own]), view).length === 0;
    if (!isLater || clock.now() - start > patienceMs)
      throw new Error(
        `nothing was changed, because this would shut out: ${lost.join("; ")}. ${remedy}` +
          (isLater
            ? "; what lets them in is described beside it and not there yet: make this one depend on it (dependsOn)"
            : ""),
      );
    call.report.progress("waiting for what lets in whom this would shut out");
  }
}
