import type { Guest } from "../../../pve";
import { readMark, remarked } from "../config/mark-line";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { changeConfig } from "../config/change-config";
import { attachedVolumes, digestOf, markOf, uuidOf, type VmConfig } from "../config/vm-config";
import { assertOurs, bareOutputs, locate, readGuest } from "../identity";
import { linkedClones, nameGuests } from "./linked-clones";
import { withEnding } from "../name";
import { isLeft, removeGuest, UnknownParts, unknownParts } from "../life/remove";
import type { GuestOutputs } from "../outputs";
import type { TemplateInputs } from "../template.model";
import { isThere } from "../place";
import { ownGuests } from "../life/own-guests";
import { forgetTemplateConfig } from "./template-config";
import { runMemory } from "../check/run-memory";

const retiredTag = "retired";
const retiredName = /-retired-\d+$/;

/** A version of a template, as it is now. */
interface Version {
  readonly at: GuestOutputs;
  readonly guest: VmConfig;
  /** When it was superseded; undefined for one that is in use. */
  readonly retired: string | undefined;
}

/** Templates of the same owner, this one left out: a newer version that is in use, and older ones that are retired. */
async function otherVersions(pve: Pve, at: GuestOutputs): Promise<Version[]> {
  const mayBe = (row: Guest) =>
    row.type === "qemu" &&
    row.vmid !== at.vmid &&
    (row.template || row.status === "unknown") &&
    (row.name === at.name || ownGuests(pve).making.has(row.vmid) || isRetired(row));
  const found: Version[] = [];
  for (const row of (await pve.guestsNow()).filter(mayBe)) {
    if (!(await isThere(pve, row))) continue;
    const guest = await readGuest(pve, row);
    const { mark, retired, adopted } = markOf(guest);
    if (mark !== at.__mark || guest.config["template"] !== "1") continue;
    const { vmid, node } = row;
    const ref = { vmid, node, uuid: uuidOf(guest) ?? "", __mark: mark, __adopted: adopted };
    found.push({ at: bareOutputs(ref, row.name ?? "", attachedVolumes(guest)), guest, retired });
  }
  return found;
}

const isRetired = ({ tags, name }: Guest): boolean => tags.includes(retiredTag) || retiredName.test(name ?? "");

const isProtected = ({ config }: VmConfig): boolean => config["protection"] === "1";

/**
 * Deletes a version of a template. One that a newer version supersedes is retired instead as long as it has linked
 * clones, or is protected, or shall be kept; of the last one nothing may depend any more.
 */
export async function removeTemplate(
  pve: Pve,
  call: Call,
  from: GuestOutputs,
  settings: Partial<TemplateInputs>,
): Promise<void> {
  const at = await locate(pve, from);
  if (!at) return;
  const guest = await readGuest(pve, at);
  if (isLeft(call, guest, at)) return;
  assertOurs(guest, at);
  const others = await otherVersions(pve, at);
  const superseded = others.some(({ retired }) => retired === undefined);
  if (!superseded) return removeAll(pve, call, at, guest, others);

  const keep = runMemory(pve).keep.get(call.mark) ?? settings.keep ?? 0;
  const clones = await linkedClones(pve, guest, at);
  if (clones.length > 0 && settings.whileCloned === "refuse")
    throw new Error(
      `template ${at.vmid} has linked clones, which need its disks: ${await nameGuests(pve, clones)}; replace them by ` +
        'clones of the new version, or set whileCloned: "retire"',
    );
  const mine = readMark(guest.config["description"]).retired;
  const needed = clones.length > 0 || keep > 0 || isProtected(guest) || mine !== undefined;
  if (!needed && (await removed(pve, call, at))) return prune(pve, call, at, keep);
  if (mine === undefined) await retire(pve, call, at, guest, clones);
  await prune(pve, call, at, keep);
}

/** False when Proxmox knows of clones that this account may not see (PVE/QemuServer.pm destroy_vm). */
async function removed(pve: Pve, call: Call, at: GuestOutputs): Promise<boolean> {
  try {
    await removeGuest(pve, call, at, false);
    return true;
  } catch (error) {
    if (pve.isTaskFailure(error) && /is still in use by linked clone/.test((error as Error).message)) return false;
    throw error;
  }
}

/** The template itself goes, and so every version of it must be free of clones; told before anything is removed. */
async function removeAll(
  pve: Pve,
  call: Call,
  at: GuestOutputs,
  guest: VmConfig,
  versions: readonly Version[],
): Promise<void> {
  const doubtful = ambiguous(versions);
  for (const alike of doubtful.values()) call.report.warn(`${ambiguityOf(alike)}, and stay`);
  const retired = versions.filter((one) => ![...doubtful.values()].flat().includes(one));
  const problems: string[] = [];
  for (const version of [{ at, guest }, ...retired]) {
    const clones = await linkedClones(pve, version.guest, version.at);
    if (clones.length > 0)
      problems.push(
        `template ${version.at.vmid} has linked clones, which need its disks: ${await nameGuests(pve, clones)}`,
      );
    const parts = await unknownParts(pve, version.at, version.guest);
    if (parts.length > 0)
      problems.push(`template ${version.at.vmid} has parts that this program does not know: ${parts.join("; ")}`);
    if (isProtected(version.guest) && version.at.vmid !== at.vmid)
      problems.push(`its retired version ${version.at.vmid} has protection on; switch that off in Proxmox`);
  }
  if (problems.length > 0)
    throw new Error(
      `${problems.join("; ")}. Nothing was removed. Delete these guests first, or make them independent by moving their ` +
        "disks to another storage",
    );
  await removeGuest(pve, call, at, false, async () => {
    for (const version of retired) await removeGuest(pve, call, version.at, false);
  });
}

/** Marks a version as superseded, under a name and a tag that tell so. */
async function retire(
  pve: Pve,
  call: Call,
  at: GuestOutputs,
  guest: VmConfig,
  clones: readonly number[],
): Promise<void> {
  const { config } = guest;
  const tags = [...new Set([...(config["tags"] ?? "").split(/[;, ]+/).filter((tag) => tag !== ""), retiredTag])];
  const name = withEnding(config["name"] ?? "template", `-retired-${at.vmid}`);
  const retired = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  await changeConfig(
    pve,
    call,
    at,
    {
      name,
      tags: tags.join(";"),
      description: remarked(config["description"], at.__mark, { retired, uuid: uuidOf(guest) }),
      ...digestOf(guest),
    },
    "retiring",
  );
  pve.snapshot.patch(at.vmid, { name, tags });
  forgetTemplateConfig(pve, at.vmid);
  const why = clones.length > 0 ? `linked clones need it: ${await nameGuests(pve, clones)}` : "it is kept";
  call.report.warn(`template ${at.vmid} stays as ${name}, because ${why}`);
}

/** Removes retired versions that nobody needs: all without linked clones but the newest `keep`. */
export async function prune(pve: Pve, call: Call, at: GuestOutputs, keep: number): Promise<void> {
  if (!(await pve.snapshot.guests()).some(isRetired)) return;
  const itself = await ownVersion(pve, at);
  const versions = [...(itself ? [itself] : []), ...(await otherVersions(pve, at))]
    .flatMap((version) => (version.retired === undefined ? [] : [{ ...version, retired: version.retired }]))
    .sort((a, b) => b.retired.localeCompare(a.retired) || b.at.vmid - a.at.vmid);
  const doubtful = ambiguous(versions);
  for (const alike of doubtful.values())
    call.report.warn(`${ambiguityOf(alike)}, and are not pruned; remove the mark from the notes of the copy`);
  const kept = new Set([...doubtful.values()].flat());
  for (const version of versions.slice(keep).filter((one) => !kept.has(one))) {
    if (isProtected(version.guest)) continue;
    if ((await linkedClones(pve, version.guest, version.at)).length > 0) continue;
    try {
      if (!(await removed(pve, call, version.at)))
        call.report.warn(`template ${version.at.vmid} is not pruned: guests that this account may not see need it`);
    } catch (error) {
      if (!(error instanceof UnknownParts)) throw error;
      call.report.warn(`template ${version.at.vmid} is not pruned: ${error.message}`);
    }
  }
}

const ambiguityOf = (alike: readonly Version[]): string => {
  const vmids = alike.map(({ at: { vmid } }) => vmid).sort();
  return (
    `of templates ${vmids.join(", ")} one is a copy of the other; they cannot be told apart, because their notes are of ` +
    "an earlier release"
  );
};

/** Versions with the very same mark, which tells no uuid: all but one were copied by hand. By that mark. */
function ambiguous<V extends Version>(versions: readonly V[]): Map<string, V[]> {
  const alike = new Map<string, V[]>();
  for (const version of versions) {
    const { uuid, retired = "" } = markOf(version.guest);
    if (uuid === undefined) alike.set(retired, [...(alike.get(retired) ?? []), version]);
  }
  for (const [retired, { length }] of alike) if (length < 2) alike.delete(retired);
  return alike;
}

async function ownVersion(pve: Pve, at: GuestOutputs): Promise<Version | undefined> {
  if (!(await isThere(pve, at))) return undefined;
  const guest = await readGuest(pve, at);
  return { at, guest, retired: readMark(guest.config["description"]).retired };
}
