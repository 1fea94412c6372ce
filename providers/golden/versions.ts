import type { Pve } from "../kernel/session/pve-session";
import { withMark } from "../vm/config/mark-line";
import type { Call } from "../kernel/call/call";
import { changeConfig } from "../vm/config/change-config";
import { digestOf, uuidOf, type VmConfig } from "../vm/config/vm-config";
import { bareOutputs, identityOf, IdentityMismatch, locate, readGuest } from "../vm/identity";
import { linkedClones, nameGuests } from "../vm/template/linked-clones";
import { withEnding } from "../vm/name";
import { removeGuest, UnknownParts } from "../vm/life/remove";
import type { GuestOutputs } from "../vm/outputs";
import { withContent } from "./content-line";

/** One version of a golden image, as the state keeps it. */
export interface ImageVersion {
  readonly vmid: number;
  readonly node: string;
  readonly uuid: string;
  readonly content: string;
  readonly volumes: Readonly<Record<string, string>>;
}

/** `volumes`: those that the build has made, by slot; what somebody else has attached meanwhile is not the version's. */
export const versionOf = (
  at: { vmid: number; node: string },
  guest: VmConfig,
  content: string,
  volumes: Readonly<Record<string, string>>,
): ImageVersion => ({ vmid: at.vmid, node: at.node, uuid: uuidOf(guest) ?? "", content, volumes });

/** A version in the terms of any other guest. */
export const asGuest = ({ vmid, node, uuid, volumes }: ImageVersion, mark: string, name: string): GuestOutputs =>
  bareOutputs({ vmid, node, uuid, __mark: mark }, name, { ...volumes });

/** Name of a version that is no longer the newest, so that the name alone means the newest. */
const retiredName = (name: string, content: string): string => withEnding(name, `-${content.slice(0, 8)}`);

/** A version that is still there and still ours, with where it is now. */
export async function present(
  pve: Pve,
  version: ImageVersion,
  mark: string,
): Promise<{ version: ImageVersion; guest: VmConfig } | undefined> {
  const place = await locate(pve, asGuest(version, mark, ""));
  if (!place) return undefined;
  const guest = await readGuest(pve, place);
  const identity = identityOf(guest, place);
  if (identity.kind === "stranger") return undefined;
  if (identity.kind === "doubtful")
    throw new IdentityMismatch(
      `template ${version.vmid} on ${place.node} is half this resource's (${identity.why}); restore its notes or uuid, ` +
        "or remove the resource from the state",
    );
  return { version: { ...version, node: place.node }, guest };
}

/** Renames a superseded version and takes its protection away: nobody but this resource looks after it now. */
export async function retire(pve: Pve, call: Call, version: ImageVersion, mark: string, name: string): Promise<void> {
  const found = await present(pve, version, mark);
  if (!found) return;
  const { config } = found.guest;
  const wanted = retiredName(name, version.content);
  if (config["name"] === wanted && config["protection"] !== "1") return;
  const description = withMark(withContent(`Superseded version of ${name}`, version.content), mark, {
    uuid: version.uuid,
  });
  const change = {
    ...digestOf(found.guest),
    name: wanted,
    description,
    ...(config["protection"] === "1" ? { delete: "protection" } : {}),
  };
  await changeConfig(pve, call, found.version, change, `retiring version ${version.content.slice(0, 8)}`);
  pve.snapshot.patch(version.vmid, { name: wanted });
}

/** Removes old versions but the newest `keep`, and those that still have linked clones; returns what is left. */
export async function prune(
  pve: Pve,
  call: Call,
  old: readonly ImageVersion[],
  keep: number,
  mark: string,
): Promise<ImageVersion[]> {
  const left: ImageVersion[] = old.slice(0, keep);
  for (const version of old.slice(keep)) {
    try {
      if (await removeVersion(pve, call, version, mark)) continue;
    } catch (error) {
      if (!(error instanceof UnknownParts)) throw error;
      call.report.warn(`version ${version.content.slice(0, 8)} stays: ${error.message}`);
      left.push(version);
      continue;
    }
    call.report.progress(`version ${version.content.slice(0, 8)} (${version.vmid}) stays: it has linked clones`);
    left.push(version);
  }
  return left;
}

/** Removes a version; false when linked clones need it. */
async function removeVersion(pve: Pve, call: Call, version: ImageVersion, mark: string): Promise<boolean> {
  const found = await present(pve, version, mark);
  if (!found) return true;
  const at = asGuest(found.version, mark, found.guest.config["name"] ?? "");
  if ((await linkedClones(pve, found.guest, at)).length > 0) return false;
  await removeGuest(pve, call, at, false);
  return true;
}

/** Removes all versions, or none when linked clones need one of them. */
export async function removeAll(pve: Pve, call: Call, versions: readonly ImageVersion[], mark: string): Promise<void> {
  const needed: string[] = [];
  for (const version of versions) {
    const found = await present(pve, version, mark);
    const clones = found ? await linkedClones(pve, found.guest, asGuest(found.version, mark, "")) : [];
    if (clones.length > 0)
      needed.push(`version ${version.content.slice(0, 8)} (${version.vmid}) by ${await nameGuests(pve, clones)}`);
  }
  if (needed.length > 0)
    throw new Error(
      `linked clones need this image: ${needed.join("; ")}. Nothing was removed; delete the clones first`,
    );
  for (const version of [...versions].reverse()) await removeVersion(pve, call, version, mark);
}
