import { isDeepStrictEqual } from "node:util";
import { define } from "../kernel/define";
import type { Live } from "../kernel/resource-kind";
import type { Session } from "../kernel/session/session";
import type { Pve } from "../kernel/session/pve-session";
import type { Call } from "../kernel/call/call";
import { readMark, withMark } from "../vm/config/mark-line";
import { describeWhenRecorded } from "../vm/config/change-config";
import type { VmConfig } from "../vm/config/vm-config";
import { guestFromConfig } from "../vm/config/guest-fields";
import { checkNode } from "../checks/nodes";
import { checkStorage } from "../checks/storages";
import { checkOwnData } from "../vm/check/inspect-cloud-init";
import { lookupGuest } from "../vm/life/look-up";
import { syncGuest } from "../vm/life/sync";
import { asGuestInputs, build, discard, leftover } from "./build";
import { readContent, withContent } from "./content-line";
import { goldenTemplateModel, type GoldenTemplateInputs, type Step } from "./golden-template.model";
import { asGuest, present, prune, removeAll, retire, type ImageVersion } from "./versions";

/** What only Proxmox knows: the versions that there are, the newest first. */
interface GoldenOutputs {
  readonly vmid: number | undefined;
  readonly uuid: string | undefined;
  readonly name: string;
  /** VMIDs of older versions that are still there. */
  readonly oldVersions: number[];
  readonly __versions: ImageVersion[];
  readonly __mark: string;
}

export const goldenTemplateProvider = (session: Session) =>
  define<GoldenTemplateInputs, GoldenOutputs>(
    {
      kind: "GoldenTemplate",
      model: goldenTemplateModel,
      outputs: ["vmid", "uuid", "name", "oldVersions", "__versions", "__mark"],
      timeouts: { create: "90m", update: "90m", delete: "15m", read: "2m" },
      async inspect(call, inputs, was) {
        const pve = await session.look(call);
        if (!pve) return [];
        const view = await pve.picture();
        return [
          ...checkNode(view, inputs.node, "node", was?.node),
          ...checkStorage(view, inputs.disk?.storage, inputs.node, "images", "disk.storage"),
          ...checkStorage(view, inputs.cloudInit?.storage, inputs.node, "images", "cloudInit.storage"),
          ...checkOwnData(pve, view.storages, inputs.cloudInit, [inputs.node], was?.cloudInit),
        ];
      },
      async lookup(call, asked) {
        const { id, outputs: found, guest } = await lookupGuest(await session.pve(call), call, asked, "template");
        const { content } = readContent(readMark(guest.config["description"]).description);
        if (content === undefined)
          throw new Error(`template ${id} (${found.name ?? ""}) is no golden image; look it up with Template.get`);
        const { vmid, node, uuid, name = "" } = found;
        const outputs = { vmid, node, uuid, name, content };
        return { id, outputs };
      },
      async observe(call, at, wanted) {
        return observe(await session.pve(call), at, wanted);
      },
      // Versions come and go; the image as such is known by its mark, and made by the first version.
      async ensure(call, inputs, made) {
        const at = { ...nothing(call.mark), name: inputs.name ?? "" };
        made(call.mark, at);
        return { id: call.mark, at };
      },
      async sync(call, at, inputs, was, creating) {
        const pve = await session.pve(call);
        const versions = await newest(pve, call, at, inputs, was, creating);
        const [current, ...old] = versions;
        if (!current) throw new Error("there is no version after a build; this is a bug");
        for (const version of old) await retire(pve, call, version, at.__mark, inputs.name ?? "");
        const left = await prune(pve, call, old, inputs.keep ?? 1, at.__mark);
        call.report.result(`template ${current.vmid} on ${current.node}, version ${current.content.slice(0, 8)}`);
        return { ...at, __versions: [current, ...left] };
      },
      async remove(call, at, inputs) {
        const pve = await session.pve(call);
        await removeAll(pve, call, at.__versions, at.__mark);
        const left = await leftover(pve, call, at.name);
        // A version that is whole is that of a replacement, whose last word has yet to be written.
        if (left && left.guest.config["template"] !== "1") await discard(pve, call, inputs, left);
        else if (left)
          call.report.warn(
            `template ${left.at.vmid} is not deleted: it was finished, and may be in use by a replacement`,
          );
      },
    },
    session,
  );

const nothing = (mark: string): GoldenOutputs => ({
  vmid: undefined,
  uuid: undefined,
  name: "",
  oldVersions: [],
  __versions: [],
  __mark: mark,
});

/** The versions with the wanted one first: as it is, brought up to date in what is live, or built. */
async function newest(
  pve: Pve,
  call: Call,
  at: GoldenOutputs,
  inputs: GoldenTemplateInputs,
  was: Partial<GoldenTemplateInputs>,
  creating: boolean,
): Promise<ImageVersion[]> {
  const [first, ...others] = at.__versions;
  const current = first && (await present(pve, first, at.__mark));
  // The content does not tell of secret values: what was managed before does.
  const fresh = !creating && !isDeepStrictEqual(secrets(was), secrets(inputs));
  if (!current || current.version.content !== inputs.content || fresh) {
    const made = await build(pve, call, inputs, fresh);
    const ref = asGuest(made, at.__mark, inputs.name ?? "");
    describeWhenRecorded(pve, call, ref, () => notes(inputs, made, at.__mark));
    return [made, ...(current ? [current.version] : []), ...others];
  }
  const { version } = current;
  const description = withContent(inputs.description, version.content);
  const before = { ...asGuestInputs(was), description };
  const wanted = { ...asGuestInputs(inputs), description };
  // Its state knows no MAC addresses.
  const { macs: _, ...place } = asGuest(version, at.__mark, inputs.name ?? "");
  const { known, guest } = await syncGuest(pve, call, place, wanted, before);
  return [{ ...version, volumes: known.in(guest) }, ...others];
}

const notes = ({ description }: GoldenTemplateInputs, { content, uuid }: ImageVersion, mark: string): string =>
  withMark(withContent(description, content), mark, { uuid });

const secrets = ({ provision = [] }: Partial<GoldenTemplateInputs>) =>
  provision.map(({ environment, file }: Step) => ({ environment: { ...environment }, content: file?.content }));

async function observe(
  pve: Pve,
  at: GoldenOutputs,
  wanted: Partial<GoldenTemplateInputs>,
): Promise<Live<GoldenTemplateInputs, GoldenOutputs> | undefined> {
  const found: { version: ImageVersion; guest: VmConfig }[] = [];
  for (const version of at.__versions) {
    const seen = await present(pve, version, at.__mark);
    if (seen) found.push(seen);
  }
  if (found.length === 0 && at.__versions.length > 0) return undefined;
  const [first] = at.__versions;
  const current = found.find(({ version }) => version.vmid === first?.vmid);
  const outputs: GoldenOutputs = {
    ...at,
    vmid: current?.version.vmid,
    uuid: current?.version.uuid,
    name: current?.guest.config["name"] ?? wanted.name ?? at.name,
    oldVersions: found.filter((one) => one !== current).map(({ version }) => version.vmid),
    // A newest version that is gone stays in the list, or the one before it would be taken for it.
    __versions: [...(current || !first ? [] : [first]), ...found.map(({ version }) => version)],
  };
  // Without its newest version the image is not what it shall be: the next up builds it anew.
  if (!current) return { inputs: { content: "" }, outputs };
  const { guest, version } = current;
  const { disks, ...live } = guestFromConfig(guest, asGuestInputs(wanted));
  const { description } = readContent(readMark(guest.config["description"]).description);
  const row = await pve.snapshot.guest(version.vmid);
  const inputs = {
    ...live,
    description,
    ...(disks?.[0] ? { disk: disks[0] } : {}),
    ...(row ? { pool: row.pool } : {}),
    node: version.node,
    content: version.content,
  };
  return { inputs: inputs, outputs };
}
