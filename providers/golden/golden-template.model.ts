import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import type { Model } from "../kernel/resource-kind";
import { keyedHash } from "../../secrets/hash";
import { isReference } from "../../secrets/reference";
import type { Effects } from "../kernel/state/changes";
import { durationSchema } from "../kernel/call/timeouts.model";
import { hasUnknown } from "../kernel/state/unknowns";
import { sensitiveIn } from "../kernel/secrets/sensitive-values";
import { sha256 } from "../kernel/state/sha256";
import { sensitivePaths, sensitiveText } from "../kernel/secrets/sensitive";
import { diskSchema } from "../vm/disks/disk.model";
import { vmidSchema, volumeId } from "../vm/life/source.model";
import { guestShape, sameGuestValue, withName } from "../vm/vm.model";

const fileSchema = fields({
  path: required(
    "Where the file goes in the guest. Missing folders are made.",
    z.string().regex(/^\/[^\0]*[^/\0]$/, "write an absolute path such as /etc/motd"),
    {},
  ),
  content: optional("The file's text, or a reference to it; encrypted in the state.", sensitiveText(), {}),
  source: optional("A file of this machine instead, relative to the project's folder.", z.string().min(1), {}),
  sha256: optional(
    "Checksum of `source`, by which a change of the file is noticed.",
    z.string().regex(/^[0-9a-f]{64}$/),
    {},
  ),
  mode: optional("Permissions.", z.string().regex(/^[0-7]{3,4}$/, "write permissions such as 0644"), { unset: "0644" }),
  owner: optional(
    "Owner, and group if wanted: `www-data` or `www-data:adm`.",
    z.string().regex(/^[a-z_][\w.-]*(?::[a-z_][\w.-]*)?$/i, "write an owner such as root:adm"),
    { unset: "root:root" },
  ),
}).superRefine((file, ctx) => {
  if ((file.content === undefined) === (file.source === undefined))
    ctx.addIssue({ code: "custom", message: "has no or two contents; write exactly one of content, source" });
});

const stepSchema = fields({
  run: optional(
    "Script for `sh -e` as root: it ends, and the build fails, with the first command that fails.",
    z.string().min(1, "write a script"),
    {},
  ),
  environment: optional(
    "Variables of the script; a value may be a reference to a secret. Encrypted in the state, in no command " + "line.",
    z.record(z.string().regex(/^[A-Za-z_]\w*$/, "a variable has letters, digits and _"), sensitiveText()),
    {},
  ),
  file: optional("A file to put into the guest.", fileSchema, {}),
  timeout: optional("Longest time of the step.", durationSchema, { effect: "none", unset: "10m" }),
}).superRefine((step, ctx) => {
  if ((step.run === undefined) === (step.file === undefined))
    ctx.addIssue({ code: "custom", message: "does nothing or two things; write exactly one of run, file" });
  if (step.environment !== undefined && step.run === undefined)
    ctx.addIssue({ code: "custom", path: ["environment"], message: "belongs to a script; write it beside run" });
});

const { vmid: _, allowReplace: __, adopt: ___, uuid: ____, ...shape } = guestShape;

const goldenTemplateSchema = fields({
  ...shape,
  node: required("Node that builds and holds the image.", z.string().min(1, "name the node that builds the image"), {
    effect: "rebuild",
  }),
  imageVolumeId: optional(
    "Volume id of the disk image to begin with, such as a CloudImage's `volumeId`. It must bring the guest " + "agent.",
    volumeId("local:import/debian-12.qcow2"),
    { effect: "rebuild" },
  ),
  image: optional("The old name of `imageVolumeId`.", volumeId("local:import/debian-12.qcow2"), {
    effect: "rebuild",
    deprecated: "Write `imageVolumeId`.",
  }),
  template: optional(
    "Template to begin with instead: its VMID or name. It is copied in full; a GoldenImage's `vmid` makes " + "layers.",
    z.union([vmidSchema, z.string().min(1)], "write the template's VMID or name"),
    { effect: "rebuild" },
  ),
  disk: optional(
    "The boot disk, needed with `imageVolumeId`; the image's or template's own size when `sizeGiB` is left out.",
    diskSchema,
    { effect: "rebuild" },
  ),
  provision: optional("What is done in the guest, in this order. A change makes a new version.", z.array(stepSchema), {
    effect: "rebuild",
  }),
  verify: optional(
    "Commands that must succeed after provisioning; else there is no new version.",
    z.array(z.string().min(1)),
    { effect: "none" },
  ),
  generalise: optional(
    "Scripts that take out what must not be the same in all clones. A change makes a new version.",
    z.array(z.string().min(1)),
    { effect: "rebuild", default: "`defaultGeneralise`" },
  ),
  keep: optional(
    "How many old versions are kept beside those that linked clones need.",
    z.number().int("write a whole number").min(0, "write 0 or more").max(100, "write at most 100"),
    { effect: "live", unset: 1 },
  ),
  keepFailed: optional(
    "Leave the VM of a failed build for inspection; the next `up` removes it and builds anew.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  agentTimeout: optional("Longest wait for the guest agent after a start.", durationSchema, {
    effect: "none",
    unset: "10m",
  }),
  content: optional(
    "What the version is known by: a keyed hash of image, hardware and provisioning. Computed.",
    z.string(),
    { effect: "rebuild" },
  ),
}).superRefine((golden, ctx) => {
  const wrong = (field: string, message: string) => ctx.addIssue({ code: "custom", path: [field], message });
  const { imageVolumeId: image, template, disk } = golden;
  if (image === undefined && template === undefined)
    wrong("imageVolumeId", "is required: write a CloudImage's volumeId, or a template to begin with");
  if (image !== undefined && template !== undefined)
    wrong("template", "cannot be beside imageVolumeId; write one of them");
  if (image !== undefined && disk === undefined) wrong("disk", 'is required: write e.g. { storage: "local-lvm" }');
  if (golden.agent === false)
    ctx.addIssue({
      code: "custom",
      path: ["agent"],
      message: "the build works through the guest agent; leave it out",
    });
});

export type GoldenTemplateInputs = z.infer<typeof goldenTemplateSchema>;
export type Step = NonNullable<GoldenTemplateInputs["provision"]>[number];

/** Identity, logs, keys and leases of the one machine that was built; each clone makes its own. */
export const defaultGeneralise: readonly string[] = [
  "if command -v cloud-init >/dev/null; then cloud-init clean --logs; fi",
  "truncate -s 0 /etc/machine-id",
  "if [ -e /var/lib/dbus/machine-id ]; then ln -sf /etc/machine-id /var/lib/dbus/machine-id; fi",
  "rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub",
  "rm -f /var/lib/systemd/random-seed /root/.bash_history",
  "rm -rf /tmp/* /var/tmp/*",
  "fstrim -a || true",
];

/** What stands beside the image, and is changed without building one. */
const others: Effects = {
  ...{ name: "live", tags: "live", description: "live", pool: "live", protection: "live" },
  ...{ timeouts: "none", "cloudInit.storage": "none" },
};

/** Whatever else describes the guest is built into a new version. */
const built = new Set([...Object.keys(shape), "disk"]);
const effects: Effects = Object.fromEntries(
  Object.entries(effectsOf(goldenTemplateSchema, others)).map(([path, effect]) => [
    path,
    others[path] === undefined && built.has(/^\w+/.exec(path)?.[0] ?? "") ? "rebuild" : effect,
  ]),
);

type Inputs = Record<string, unknown>;

const beside = new Set(Object.keys(effects).filter((field) => effects[field] !== "rebuild"));

/**
 * What a version is made of, as one keyed hash: it stands in clear in the notes and in the state, and is of no use for
 * guessing short texts without the key, which the stack keeps encrypted. Values of variables and the password are left
 * out, and references count by their names; what the state holds encrypted tells of their change.
 */
const keyedContent = (key: string, inputs: Inputs): string => keyedHash(key, "content", plainText(inputs));

/** What releases before the key have written. */
const unkeyedContent = (inputs: Inputs): string => sha256(plainText(inputs)).slice(0, 24);

const plainText = (inputs: Inputs): string => JSON.stringify(hashable(partsOf(inputs), ""));

/** Is a version with this content what the checked inputs want, whichever release has written it? */
export const isContentOf = (content: string | undefined, inputs: Inputs): boolean =>
  content !== undefined && (content === inputs["content"] || content === unkeyedContent(inputs));

/** An old hash stays as long as nothing builds a version anyway, or every upgrade would build them all. */
function contentOf(inputs: Inputs, was: Inputs, key: string | undefined): string {
  const had = was["content"];
  const sameSecrets = isDeepStrictEqual(secretsOf(was), secretsOf(inputs));
  if (typeof had === "string" && had === unkeyedContent(inputs) && sameSecrets) return had;
  if (key !== undefined) return keyedContent(key, inputs);
  // A preview before the stack has its key cannot make the hash, but it can see that it will be the same.
  const same = typeof had === "string" && had !== "" && sameSecrets && plainText(was) === plainText(inputs);
  return same ? had : unknown;
}

/** What the hash does not tell of. */
const secretsOf = (inputs: Inputs) => sensitiveIn(inputs, ["provision[].environment.*", "provision[].file.content"]);

/**
 * The inputs that decide, by the names that they had first: a new name builds nothing. Not the hidden ones, of which a
 * preview does not know the stack's id.
 */
const partsOf = (inputs: Inputs): Inputs =>
  Object.fromEntries(
    Object.entries(inputs)
      .filter(([key, value]) => !key.startsWith("__") && key !== "content" && !beside.has(key) && value !== undefined)
      .map(([key, value]) => [firstNames[key] ?? key, value]),
  );

const renamed = { image: "imageVolumeId" };
const firstNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(renamed).map(([first, now]) => [now, first]),
);

function hashable(value: unknown, at: string): unknown {
  if (isReference(value)) return { secretRef: value.secretRef };
  if (at === "cloudInit.password" || /\.environment\.[^.]+$/.test(at)) return "";
  if (Array.isArray(value)) return value.map((item) => hashable(item, `${at}[]`));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => inner !== undefined && !(at === "provision[]" && key === "timeout"))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, hashable(inner, at === "" ? key : `${at}.${key}`)]),
  );
}

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const goldenTemplateModel: Model = {
  schema: goldenTemplateSchema,
  effects,
  ownEffects: [{ name: "rebuild", meaning: "rebuild, a new version beside the old one" }],
  sensitive: sensitivePaths(goldenTemplateSchema),
  renamed,
  defaults(given, urn) {
    return { agent: true, ...withName(given, urn) };
  },
  derive: (inputs, was, key) => ({
    ...inputs,
    content: hasUnknown(partsOf(inputs)) ? unknown : contentOf(inputs, was ?? {}, key),
  }),
  same: sameGuestValue,
};
