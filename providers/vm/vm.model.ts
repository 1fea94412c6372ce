import { z } from "zod";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional } from "../kernel/fields/field";
import type { Model } from "../kernel/resource-kind";
import type { Problem } from "../kernel/state/problems";
import { durationSchema, timeoutsSchema } from "../kernel/call/timeouts.model";
import { sensitivePaths } from "../kernel/secrets/sensitive";
import { ownGuestEffects } from "./effects.model";
import { adoptShape, isAdopting } from "./life/adopting.model";
import { cloudInitSchema } from "./cloud-init/cloud-init.model";
import { diskSchema, type Disk } from "./disks/disk.model";
import { fixedParameters } from "./config/firmware.model";
import { hardwareProblems } from "./config/hardware-problems.model";
import { hardwareShape } from "./config/hardware.model";
import { networkSchema } from "./config/network.model";
import { sourceSchema, vmidSchema, type Source } from "./life/source.model";
import { diskTransition } from "./disks/transition";
import { guestName, nameHint, suggestName } from "./name";

const tag = z
  .string()
  .regex(/^[a-z0-9_][a-z0-9_\-+.]*$/i, "a tag has letters, digits and _ - + . and starts with none of - + .");
/** Inputs that a VM and a template have in common. */
export const guestShape = {
  name: optional(
    "Name in Proxmox: DNS labels.",
    z.string().superRefine((name, ctx) => {
      if (!guestName.test(name))
        ctx.addIssue({ code: "custom", message: `${nameHint}; write e.g. "${suggestName(name)}"` });
    }),
    { key: "name", effect: "live", default: "the resource's own name" },
  ),
  vmid: optional("VMID.", vmidSchema, {
    effect: "replace",
    default: "the next free one of `proxmox:vmids`, else of the datacenter",
  }),
  ...adoptShape,
  pool: optional("Pool to be a member of.", z.string().min(1), { effect: "live", default: "whichever it is in" }),
  tags: optional("Tags; order and case do not matter.", z.array(tag), { key: "tags", effect: "live" }),
  description: optional("Notes shown in the web interface.", z.string().max(8000, "at most 8000 characters"), {
    key: "description",
    effect: "live",
  }),
  ...hardwareShape,
  networks: optional(
    "Network devices, in the order of their numbers.",
    z.array(networkSchema).max(32, "at most 32 network devices"),
    { effect: "hot-plug" },
  ),
  cloudInit: optional("Cloud-init by Proxmox's own fields.", cloudInitSchema, { effect: "live" }),
  timeouts: optional('Longest time of each operation, such as `{ create: "45m" }`.', timeoutsSchema, {
    effect: "live",
  }),
  allowReplace: optional("`false`: a change that replaces fails in preview.", z.boolean(), {
    effect: "none",
    unset: true,
  }),
};

export const vmSchema = fields({
  ...guestShape,
  node: optional("Node to run on. A change migrates the VM.", z.string().min(1), {
    effect: "migrate",
    default: "where the source is",
  }),
  nodes: optional(
    "Nodes that the VM may run on, instead of `node`: it is made on the first one that is online, and being " +
      "moved among them, by hand or by high availability, is no drift. On any other node it migrates to one of " +
      "these.",
    z.array(z.string().min(1)).min(1, "name at least one node, or leave nodes out"),
    { effect: "migrate" },
  ),
  placement: optional(
    "Which of `nodes` a new VM is made on.",
    z.enum(["first-online", "most-free-memory"], "write first-online or most-free-memory"),
    { effect: "none", unset: "first-online" },
  ),
  source: optional(
    "What the VM is made from. Needed unless it is adopted. Only read when it is made: a newer template " +
      "never touches existing VMs.",
    sourceSchema,
    { effect: "none" },
  ),
  disks: optional(
    "Hard disks; the first one is the boot disk, which comes from the source.",
    z.array(diskSchema).min(1, "name at least the boot disk, or leave disks out"),
    { effect: "hot-plug" },
  ),
  started: optional("Running or not.", z.boolean(), {
    effect: "live",
    default: "started once after creation, and its power state is yours afterwards",
  }),
  allowReboot: optional("`false`: a change that needs a reboot of a running VM fails in preview.", z.boolean(), {
    effect: "none",
    unset: true,
  }),
  allowMoves: optional(
    "Let HA move other VMs that rules keep together with this one when its node changes, and those that rules move when it is " +
      "deleted.",
    z.boolean(),
    { effect: "live", unset: false },
  ),
  agentTimeout: optional("Longest wait for the guest agent to tell addresses after a start.", durationSchema, {
    effect: "none",
    default: '"2m"; "0s" does not wait',
  }),
  force: optional(
    "Delete the VM even when it has volumes, snapshots or a lock that this program does not know.",
    z.boolean(),
    { effect: "live", unset: false },
  ),
}).superRefine((vm, ctx) => {
  const wrong = (path: (string | number)[], message: string) => ctx.addIssue({ code: "custom", path, message });
  sourceProblems(vm, wrong);
  placementProblems(vm, wrong);
  const addresses = vm.cloudInit?.addresses?.length ?? 0;
  if (vm.networks !== undefined && addresses > vm.networks.length)
    wrong(
      ["cloudInit", "addresses"],
      `has ${addresses} entries for ${vm.networks.length} networks; write one for each`,
    );
  hardwareProblems(vm, wrong);
});

type Wrong = (path: (string | number)[], message: string) => void;

function sourceProblems({ adopt, uuid, source, disks }: Unchecked, wrong: Wrong): void {
  if (uuid !== undefined && adopt !== true)
    wrong(["uuid"], "only tells which guest to adopt; set adopt: true, or leave it out");
  if (source === undefined) {
    if (!isAdopting(adopt))
      wrong(
        ["source"],
        'is required: write e.g. { clone: { template: "debian-12" } }, or adopt: true for an existing VM',
      );
    return;
  }
  const image = source.imageVolumeId ?? source.cloudImage;
  const kind = image !== undefined ? "a cloud image" : source.iso !== undefined ? "an ISO image" : undefined;
  if (kind !== undefined && disks === undefined && !isAdopting(adopt))
    wrong(["disks"], `a VM from ${kind} needs its boot disk: write e.g. [{ storage: "local-lvm", sizeGiB: 20 }]`);
  if (source.clone !== undefined) return;
  (disks ?? []).forEach((disk, i) => {
    if (disk.sizeGiB === undefined && (i > 0 || image === undefined))
      wrong(["disks", i, "sizeGiB"], "is required for a new disk; write its size in GiB");
  });
}

function placementProblems({ node, nodes, placement }: Unchecked, wrong: Wrong): void {
  if (node !== undefined && nodes !== undefined) wrong(["nodes"], "cannot be beside node; write one of them");
  if (placement !== undefined && nodes === undefined)
    wrong(["placement"], "chooses among nodes; name them in nodes, or leave placement out");
  (nodes ?? []).forEach((name, i) => {
    if (nodes?.indexOf(name) !== i) wrong(["nodes", i], `${name} is named twice; write it once`);
  });
}

interface Unchecked {
  readonly adopt?: boolean | { readonly uuid: string } | undefined;
  readonly uuid?: string | undefined;
  readonly source?: Source | undefined;
  readonly disks?: readonly Disk[] | undefined;
  readonly node?: string | undefined;
  readonly nodes?: readonly string[] | undefined;
  readonly placement?: string | undefined;
}

export type VmInputs = z.infer<typeof vmSchema>;
export type GuestInputs = Omit<
  VmInputs,
  "source" | "started" | "allowReboot" | "allowMoves" | "agentTimeout" | "force" | "nodes" | "placement"
>;

export const vmModel: Model = {
  schema: vmSchema,
  effects: effectsOf(vmSchema),
  ownEffects: ownGuestEffects,
  sensitive: sensitivePaths(vmSchema),
  renamed: { "source.cloudImage": "imageVolumeId" },
  defaults: withName,
  transition: (inputs, was) => [
    ...adoptedVmid(inputs, was),
    ...diskTransition(inputs["disks"] as Disk[] | undefined, was["disks"] as Disk[] | undefined),
    ...fixedParameters(inputs, was),
  ],
  same: sameGuestValue,
};

/**
 * The resource's own name is the guest's, unless the program says otherwise. A guest that is adopted by its VMID keeps
 * the name that it has.
 */
export function withName(inputs: Record<string, unknown>, urn: string): Record<string, unknown> {
  const own = urn.split("::").at(-1);
  const nameless = isAdopting(inputs["adopt"]) && inputs["vmid"] !== undefined;
  return inputs["name"] === undefined && own && !nameless ? { ...inputs, name: own } : { ...inputs };
}

/** Another VMID would adopt another guest, and then delete the one adopted before. */
function adoptedVmid(inputs: Record<string, unknown>, was: Record<string, unknown>): Problem[] {
  if (!isAdopting(inputs["adopt"]) || !isAdopting(was["adopt"]) || was["vmid"] === undefined) return [];
  if (inputs["vmid"] === was["vmid"]) return [];
  return [
    {
      path: "vmid",
      message:
        `this resource has adopted guest ${was["vmid"] as number}, and taking another one would delete that; adopt the ` +
        "other one as a resource of another name",
    },
  ];
}

/** Spellings that mean the same to Proxmox. */
export function sameGuestValue(path: string, wanted: unknown, live: unknown): boolean {
  if (path === "tags" && Array.isArray(wanted) && Array.isArray(live)) return tagKey(wanted) === tagKey(live);
  if (path === "nodes" && Array.isArray(wanted) && Array.isArray(live))
    return (wanted as string[]).toSorted().join() === (live as string[]).toSorted().join();
  if (path === "networks[].mac" || path === "uuid") return String(wanted).toLowerCase() === String(live).toLowerCase();
  if (Array.isArray(wanted) && Array.isArray(live)) return wanted.join("\n") === live.join("\n");
  return Object.is(wanted, live);
}

const tagKey = (tags: unknown[]): string =>
  [...new Set(tags.map((item) => String(item).toLowerCase()))].sort().join(";");
