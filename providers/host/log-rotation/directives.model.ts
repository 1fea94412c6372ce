import type { Directive } from "./rotation-file";

/** What a rotation says, each field under logrotate's own word in another spelling. */
export interface RotationSettings {
  readonly frequency?: "hourly" | "daily" | "weekly" | "monthly" | "yearly" | undefined;
  readonly rotate?: number | undefined;
  readonly size?: string | undefined;
  readonly minSize?: string | undefined;
  readonly maxSize?: string | undefined;
  readonly maxAge?: number | undefined;
  readonly compress?: boolean | undefined;
  readonly delayCompress?: boolean | undefined;
  readonly missingOk?: boolean | undefined;
  readonly ifEmpty?: boolean | undefined;
  readonly copyTruncate?: boolean | undefined;
  readonly dateExt?: boolean | undefined;
  readonly create?: { readonly mode: string; readonly user: string; readonly group: string } | undefined;
  readonly su?: { readonly user: string; readonly group: string } | undefined;
}

type Setting = keyof RotationSettings;

export const frequencies = ["hourly", "daily", "weekly", "monthly", "yearly"] as const;

/** The words for yes and no. */
const switches = [
  ["missingOk", "missingok", "nomissingok"],
  ["ifEmpty", "ifempty", "notifempty"],
  ["copyTruncate", "copytruncate", "nocopytruncate"],
  ["compress", "compress", "nocompress"],
  ["delayCompress", "delaycompress", "nodelaycompress"],
  ["dateExt", "dateext", "nodateext"],
] as const;
const values = [
  ["rotate", "rotate"],
  ["size", "size"],
  ["minSize", "minsize"],
  ["maxSize", "maxsize"],
  ["maxAge", "maxage"],
] as const;
const numbers: readonly string[] = ["rotate", "maxAge"];

/** What is said, in the order in which people write it. */
export function toDirectives(settings: RotationSettings): Directive[] {
  const { frequency, create, su } = settings;
  return [
    ...(frequency === undefined ? [] : [[frequency] as const]),
    ...values.flatMap(([field, word]) => {
      const value = settings[field];
      return value === undefined ? [] : [[word, String(value)] as const];
    }),
    ...switches.flatMap(([field, yes, no]) => {
      const value = settings[field];
      return value === undefined ? [] : [[value ? yes : no] as const];
    }),
    ...(create === undefined ? [] : [["create", create.mode, create.user, create.group] as const]),
    ...(su === undefined ? [] : [["su", su.user, su.group] as const]),
  ];
}

/** The fields that directives are, the last of two for one as with logrotate, and what is no field's. */
export function fromDirectives(directives: readonly Directive[]): {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly others: readonly string[];
} {
  const settings: Record<string, unknown> = {};
  const others: string[] = [];
  for (const [word, ...args] of directives) {
    const found = fieldOf(word, args);
    if (found) settings[found[0]] = found[1];
    else others.push([word, ...args].join(" "));
  }
  return { settings, others };
}

function fieldOf(word: string, args: readonly string[]): readonly [Setting, unknown] | undefined {
  const [first = "", second = "", third = "", ...more] = args;
  if (args.length === 0) {
    if ((frequencies as readonly string[]).includes(word)) return ["frequency", word];
    for (const [field, yes, no] of switches) if (word === yes || word === no) return [field, word === yes];
  }
  for (const [field, name] of values)
    if (word === name && args.length === 1)
      return [field, numbers.includes(field) && /^-?\d{1,9}$/.test(first) ? Number(first) : first];
  if (word === "create" && third !== "" && more.length === 0)
    return ["create", { mode: first, user: second, group: third }];
  if (word === "su" && second !== "" && third === "") return ["su", { user: first, group: second }];
  return undefined;
}
