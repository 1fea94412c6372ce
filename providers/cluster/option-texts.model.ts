import { word, type Mapped } from "../kernel/fields/codec";
import { parseMap, property, toMap, type Properties } from "../kernel/fields/property";
import { printPropertyString } from "../../pve/format";

interface Form extends Properties {
  /** Without its primary sub-option Proxmox refuses it: what is left of it then says the default. */
  readonly needed?: boolean;
}

/** One option that is a property string, of which each sub-option may be managed by itself. */
export function options(key: string, form: Form): Mapped {
  const primary = Object.values(form.parts).find((one) => one.key === form.primary);
  const whole = (text: string): string => {
    const map = parseMap(form, text);
    if (!form.needed || map[form.primary] !== undefined) return text;
    return printPropertyString({ [form.primary]: primary?.unset, ...map });
  };
  const held = property(key, "live", form);
  return {
    ...held,
    write: (wanted, now, was) => whole(held.write(wanted, now, was)),
    rest(now, was) {
      const left = parseMap(form, now);
      for (const name of Object.keys(toMap(form, was))) delete left[name];
      // What says the default alone was written with what goes now.
      const rest = whole(printPropertyString(left));
      const asDefault = form.needed === true && rest === printPropertyString({ [form.primary]: primary?.unset });
      return Object.keys(left).length === 0 || asDefault ? undefined : rest;
    },
  };
}

/** Text of several lines, which Proxmox ends with a line break, and shows where there is none too. */
export function longText(key: string): Mapped {
  const ended = (text = ""): string => text.replace(/\n$/, "");
  return {
    ...word(key, "live"),
    read: (text) => ended(text) || undefined,
    same: (wanted, live) => ended(wanted) === ended(live),
  };
}

/** Tags between semicolons; a set. */
export function tagList(key: string): Mapped {
  const items = (text = ""): string[] => text.split(";").filter((item) => item !== "");
  const asSet = (text = ""): string => [...new Set(items(text))].sort().join(";");
  return {
    ...word(key, "live"),
    write: (value) => (value as readonly string[]).join(";"),
    read: (text) => (text === undefined ? undefined : items(text)),
    same: (wanted, live) => asSet(wanted) === asSet(live),
  };
}
