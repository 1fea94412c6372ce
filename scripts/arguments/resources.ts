import fs from "node:fs";
import path from "node:path";
import type { Model } from "../../providers/kernel/define";
import { goldenTemplateModel } from "../../providers/golden/golden-template.model";
import { cloudImageModel } from "../../providers/image/cloud-image.model";
import { poolModel } from "../../providers/pool/pool.model";
import { snippetModel } from "../../providers/snippet/snippet.model";
import { storageModel } from "../../providers/storage/storage.model";
import { diskOf } from "../../providers/vm/disks/disk.model";
import { deviceLists, hardware } from "../../providers/vm/config/hardware.model";
import { networkOf } from "../../providers/vm/config/network.model";
import { templateModel } from "../../providers/vm/template.model";
import { vmModel } from "../../providers/vm/vm.model";
import { root } from "./comments";

/** A kind of resource whose arguments are written down as a schema. */
export interface Resource {
  readonly kind: string;
  /** Folder of its area in providers/. */
  readonly area: string;
  readonly model: Model;
  /** Source and name of the type that the schema stands for. */
  readonly source: string;
  readonly type: string;
  /** Fields that the program does not write. */
  readonly without?: readonly string[];
  /** What Proxmox does where a field is not set, as the model reads it from an empty configuration. */
  unset?(path: string): unknown;
  /** Proxmox's key, where a table holds it. */
  key?(path: string): string | undefined;
}

const drive = diskOf("", { volume: "storage:volume", raw: {} }, undefined);
const nic = networkOf({});

/** Values that are read back where a guest's configuration says nothing of them. */
function guestUnset(path: string): unknown {
  const [, disk] = /^disks?(?:\[\])?\.(\w+)$/.exec(path) ?? [];
  if (disk !== undefined) return disk === "slot" || disk === "storage" ? undefined : drive[disk as keyof typeof drive];
  const [, network] = /^networks\[\]\.(\w+)$/.exec(path) ?? [];
  if (network !== undefined) return network === "bridge" ? undefined : nic[network as keyof typeof nic];
  const [top = "", part, ...deeper] = path.split(".");
  const field = hardware[top as keyof typeof hardware] as (typeof hardware)[keyof typeof hardware] | undefined;
  if (!field || deeper.length > 0) return undefined;
  // Without an order a guest boots from what it has.
  if (top === "bootOrder") return undefined;
  if (part === undefined) return field.read(undefined);
  return (field.read(undefined, {}) as Record<string, unknown> | undefined)?.[part];
}

/** Keys of a guest's configuration: `cores`, and `hostpci` with a number. */
function guestKey(path: string): string | undefined {
  const field = hardware[path as keyof typeof hardware] as { readonly key: string } | undefined;
  const list = deviceLists[path as keyof typeof deviceLists] as { readonly prefix: string } | undefined;
  const key = field?.key ?? (list && `${list.prefix}0`);
  return key === undefined ? undefined : `\`${key}\``;
}

/** How long each operation may take where nothing is said: written down where the provider is defined. */
function longest(source: string, name: string): string | undefined {
  const provider = fs.readFileSync(path.join(root, source.replace(".model.ts", ".provider.ts")), "utf8");
  const [, all] = /^\s*timeouts: \{ (.*) \},$/m.exec(provider) ?? [];
  const [, found] = new RegExp(`\\b${name}: "(\\w+)"`).exec(all ?? "") ?? [];
  if (found === undefined) throw new Error(`${source}: its provider has no timeout for ${name}`);
  return found;
}

/** What a resource does where a field is not set, if the model or the provider tells. */
export function unsetOf(resource: Resource, at: string): unknown {
  const [, operation] = /^timeouts\.(\w+)$/.exec(at) ?? [];
  return operation === undefined ? resource.unset?.(at) : longest(resource.source, operation);
}

export const resources: readonly Resource[] = [
  {
    ...{ kind: "Vm", area: "vm", model: vmModel, source: "providers/vm/vm.model.ts", type: "VmArguments" },
    unset: guestUnset,
    key: guestKey,
  },
  {
    ...{ kind: "Template", area: "vm", model: templateModel },
    ...{ source: "providers/vm/template.model.ts", type: "TemplateArguments", unset: guestUnset, key: guestKey },
  },
  {
    ...{ kind: "GoldenTemplate", area: "golden", model: goldenTemplateModel, unset: guestUnset, key: guestKey },
    ...{ source: "providers/golden/golden-template.model.ts", type: "GoldenTemplateArguments", without: ["content"] },
  },
  {
    ...{ kind: "CloudImage", area: "image", model: cloudImageModel },
    ...{ source: "providers/image/cloud-image.model.ts", type: "CloudImageInputs" },
  },
  {
    ...{ kind: "Pool", area: "pool", model: poolModel },
    ...{ source: "providers/pool/pool.model.ts", type: "PoolInputs" },
  },
  {
    ...{ kind: "Snippet", area: "snippet", model: snippetModel },
    ...{ source: "providers/snippet/snippet.model.ts", type: "SnippetArguments" },
  },
  {
    ...{ kind: "Storage", area: "storage", model: storageModel },
    ...{ source: "providers/storage/storage.model.ts", type: "StorageArguments" },
  },
];
