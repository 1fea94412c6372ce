import type { z } from "zod";
import type { Effect } from "../../kernel/state/changes";
import { changeOfText, type TextChange } from "../../kernel/fields/mapping";
import { cdromShape } from "./cdrom.model";
import { cpuDevices, cpuFields, cpuShape } from "./cpu.model";
import { deviceFields, deviceShape, hostDevices } from "./devices.model";
import { displayFields, displayShape } from "./display.model";
import type { Mapped, Texts } from "../../kernel/fields/codec";
import { deviceNumbers, type DeviceList } from "./field.model";
import { firmwareFields, firmwareShape } from "./firmware.model";
import { memoryFields, memoryShape } from "./memory.model";
import { defaultBootOrder, optionFields, optionShape } from "./options.model";

/**
 * Hardware and options of a guest beside its hard disks and networks. Defaults are Proxmox's own: what is not set is not
 * sent and never shows as drift.
 */
export const hardwareShape = {
  ...cpuShape,
  ...memoryShape,
  ...firmwareShape,
  ...displayShape,
  ...deviceShape,
  ...cdromShape,
  ...optionShape,
};

export type Hardware = z.infer<z.ZodObject<typeof hardwareShape>>;

/** Inputs that are one key of the config each. */
export const hardware = {
  ...cpuFields,
  ...memoryFields,
  ...firmwareFields,
  ...displayFields,
  ...deviceFields,
  ...optionFields,
} satisfies Record<string, Mapped>;

/** Inputs that are numbered keys of the config. */
export const deviceLists = { ...cpuDevices, ...hostDevices } satisfies Record<string, DeviceList>;

type Name = keyof typeof hardware;
type ListName = keyof typeof deviceLists;

const fields = Object.entries(hardware) as [Name, Mapped][];
const lists = Object.entries(deviceLists) as [ListName, DeviceList][];

/** What a change of each input does to a running VM, where nothing is known of that VM. */
export const hardwareEffects: Readonly<Record<string, Effect>> = {
  ...Object.fromEntries(fields.map(([name, { effect }]) => [name, effect])),
  ...Object.fromEntries(lists.map(([name, { effect }]) => [name, effect])),
  efiDisk: "reboot",
  "efiDisk.storage": "live",
  // fixed: a change is refused, and what is left out again stays as it is
  "efiDisk.type": "none",
  "efiDisk.preEnrolledKeys": "none",
  "efiDisk.msCert": "none",
  tpm: "reboot",
  "tpm.storage": "live",
  "tpm.version": "none",
  cdroms: "reboot",
  "cdroms[].iso": "live",
};

/** Everything that goes into the one request that makes a guest. */
export function hardwareToConfig(wanted: Partial<Hardware>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, field] of fields)
    if (wanted[name] !== undefined && !field.late) out[field.key] = field.write(wanted[name]);
  for (const [name, { prefix, item }] of lists)
    (wanted[name] ?? []).forEach((device, i) => (out[`${prefix}${i}`] = item.write(device)));
  return out;
}

/** The config in the terms, and in the forms, of what is wanted. */
export function hardwareFromConfig(config: Texts, wanted: Partial<Hardware> = {}): Partial<Hardware> {
  const out: Record<string, unknown> = {};
  for (const [name, field] of fields) {
    const value = field.read(config[field.key], wanted[name]);
    if (value !== undefined) out[name] = value;
  }
  for (const [name, { prefix, item }] of lists) {
    const list: readonly unknown[] | undefined = wanted[name];
    if (list === undefined) continue;
    const named = deviceNumbers(config, prefix).filter((n) => n < list.length);
    out[name] = named.map((n) => item.read(config[`${prefix}${n}`], list[n] ?? {}));
  }
  return out;
}

/**
 * What must be written and deleted so that the config is as wanted; `was`: what was managed before. A device that was
 * not stays, unless the whole guest is the program's own (`made`: a clone brings its template's).
 */
export function hardwareChange(
  config: Texts,
  wanted: Partial<Hardware>,
  was: Partial<Hardware>,
  made = false,
): TextChange {
  const set: Record<string, string> = {};
  const gone: string[] = [];
  for (const [name, field] of fields)
    if (field !== hardware.bootOrder) changeOfText(field, field.key, config, wanted[name], was[name], set, gone);
  for (const [name, { prefix, item }] of lists) {
    const [list, before]: [readonly unknown[] | undefined, readonly unknown[]] = [wanted[name], was[name] ?? []];
    if (list === undefined && was[name] === undefined) continue;
    list?.forEach((device, i) => changeOfText(item, `${prefix}${i}`, config, device, before[i], set, gone));
    const kept = list?.length ?? 0;
    for (const n of deviceNumbers(config, prefix))
      if (n >= kept && (made || n < before.length)) gone.push(`${prefix}${n}`);
  }
  return { set, delete: gone };
}

/** The boot order to be written, if any. Proxmox edits it when devices come and go: it is written after them. */
export function bootChange(config: Texts, wanted: Partial<Hardware>, was: Partial<Hardware>): Record<string, string> {
  const field = hardware.bootOrder;
  if (wanted.bootOrder === undefined && was.bootOrder === undefined) return {};
  const next = field.write(wanted.bootOrder ?? defaultBootOrder(config));
  return field.same(next, config[field.key]) ? {} : { [field.key]: next };
}
