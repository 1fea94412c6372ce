import type { z } from "zod";
import { mappedIn, type Texts } from "../../kernel/fields/codec";
import { changeOfText, changeOfTexts, fromTexts, toTexts, type TextChange } from "../../kernel/fields/mapping";
import { cdromShape } from "./cdrom.model";
import { cpuShape } from "./cpu.model";
import { deviceShape } from "./devices.model";
import { displayShape } from "./display.model";
import { deviceNumbers, listsIn, type DeviceList } from "./field.model";
import { firmwareShape } from "./firmware.model";
import { memoryShape } from "./memory.model";
import { defaultBootOrder, optionShape } from "./options.model";

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
export const hardware = mappedIn(hardwareShape);

/** Inputs that are numbered keys of the config. */
export const deviceLists = listsIn(hardwareShape);

const { bootOrder, ...others } = hardware;
const lists = Object.entries(deviceLists) as [keyof typeof deviceLists, DeviceList][];

/** Everything that goes into the one request that makes a guest. */
export function hardwareToConfig(wanted: Partial<Hardware>): Record<string, string> {
  const out = toTexts(hardware, wanted);
  for (const [name, { prefix, item }] of lists)
    (wanted[name] ?? []).forEach((device, i) => (out[`${prefix}${i}`] = item.write(device)));
  return out;
}

/** The config in the terms, and in the forms, of what is wanted. */
export function hardwareFromConfig(config: Texts, wanted: Partial<Hardware> = {}): Partial<Hardware> {
  const out = fromTexts(hardware, config, wanted);
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
  const change = changeOfTexts(others, config, wanted, was);
  const set = { ...change.set };
  const gone = [...change.delete];
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
  if (wanted.bootOrder === undefined && was.bootOrder === undefined) return {};
  const next = bootOrder.write(wanted.bootOrder ?? defaultBootOrder(config));
  return bootOrder.same(next, config[bootOrder.key]) ? {} : { [bootOrder.key]: next };
}
